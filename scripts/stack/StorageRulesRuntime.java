import com.google.common.collect.ImmutableList;
import com.google.firebase.rules.lang.CompileResult;
import com.google.firebase.rules.lang.FirebaseRulesProtoCompiler;
import com.google.firebase.rules.lang.common.FirebaseRulesLangOptions;
import com.google.firebase.rules.runtime.common.EvaluationListener;
import com.google.firebase.rules.runtime.common.EvaluationRestrictions;
import com.google.firebase.rules.runtime.common.Evaluator;
import com.google.firebase.rules.runtime.evaluators.AuthRuleEvaluator;
import com.google.firebase.rules.runtime.impl.DefaultEvaluator;
import com.google.firebase.rules.runtime.v1.Expression;
import com.google.firebase.rules.runtime.v1.ExpressionListValue;
import com.google.firebase.rules.runtime.v1.ExpressionMapValue;
import com.google.firebase.rules.runtime.v1.ExpressionPathSegmentValue;
import com.google.firebase.rules.runtime.v1.ExpressionPathValue;
import com.google.firebase.rules.runtime.v1.ExpressionSetValue;
import com.google.firebase.rules.runtime.v1.ExpressionValue;
import com.google.firebase.rules.runtime.v1.RulesetAst;
import com.google.firebase.rules.v1.File;
import com.google.firebase.rules.v1.Issue;
import com.google.firebase.rules.v1.Source;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Judges Storage requests for the Storage emulator, with the rules engine of the Google Cloud SDK's Firestore
 * emulator.
 *
 * <p>Stands in for {@code cloud-storage-rules-runtime.jar} and speaks its protocol, one JSON object a line on
 * stdin and stdout (firebase-tools, {@code lib/emulator/storage/rules/runtime.js}). Rules that look into Firestore
 * ({@code firestore.get}) are not supported: they deny.
 */
public final class StorageRulesRuntime {
  private static final int HELLO = -1;
  private static final long EVALUATION_SECONDS = 20;

  private final Map<String, RulesetAst> rulesets = new HashMap<>();

  public static void main(String[] arguments) throws IOException {
    PrintStream replies = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // The engine may print; stdout belongs to the protocol.
    System.setOut(System.err);
    replies.println(reply(HELLO, List.of(), List.of()));
    StorageRulesRuntime runtime = new StorageRulesRuntime();
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      if (!line.isBlank()) {
        replies.println(runtime.answer(JsonParser.parseString(line).getAsJsonObject()));
      }
    }
  }

  private JsonObject answer(JsonObject request) {
    long id = request.get("id").getAsLong();
    String action = request.get("action").getAsString();
    JsonObject context = request.getAsJsonObject("context");
    switch (action) {
      case "load_ruleset":
        return load(id, context);
      case "verify":
        return verify(id, context);
      default:
        return reply(id, List.of("unknown action " + action), List.of());
    }
  }

  private JsonObject load(long id, JsonObject context) {
    List<String> errors = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    CompileResult compiled = compile(context.getAsJsonObject("source").getAsJsonArray("files"));
    for (Issue issue : compiled.getIssues()) {
      (issue.getSeverity() == Issue.Severity.ERROR ? errors : warnings).add(describe(issue));
    }
    if (compiled.hasCompilationError() && errors.isEmpty()) {
      errors.add("the rules did not compile");
    }
    JsonObject reply = reply(id, errors, warnings);
    if (errors.isEmpty()) {
      RulesetAst ruleset = compiled.getRulesetAst();
      rulesets.put(context.get("rulesetName").getAsString(), ruleset);
      JsonObject result = new JsonObject();
      result.addProperty("rulesVersion", ruleset.getVersion().name().endsWith("2") ? 2 : 1);
      reply.add("result", result);
    }
    return reply;
  }

  private static CompileResult compile(JsonArray files) {
    Source.Builder source = Source.newBuilder();
    for (JsonElement element : files) {
      JsonObject file = element.getAsJsonObject();
      source.addFiles(
          File.newBuilder().setName(file.get("name").getAsString()).setContent(file.get("content").getAsString()));
    }
    FirebaseRulesLangOptions language =
        FirebaseRulesLangOptions.builder().allowTernaryOperator(true).allowLetBindings(true).build();
    return FirebaseRulesProtoCompiler.createStandalone(language).compile(source);
  }

  private static String describe(Issue issue) {
    return String.format(
        "%s:%d:%d - %s %s",
        issue.getSourcePosition().getFileName(),
        issue.getSourcePosition().getLine(),
        issue.getSourcePosition().getColumn(),
        issue.getSeverity(),
        issue.getDescription());
  }

  private JsonObject verify(long id, JsonObject context) {
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    boolean permit = false;
    try {
      permit = evaluate(context, warnings);
    } catch (ExecutionException failed) {
      // A rule that cannot be evaluated grants nothing.
      warnings.add(String.valueOf(failed.getCause()));
    } catch (Exception failed) {
      warnings.add(String.valueOf(failed));
    }
    JsonObject result = new JsonObject();
    result.addProperty("permit", permit);
    JsonObject reply = reply(id, List.of(), permit ? List.of() : warnings);
    reply.add("result", result);
    return reply;
  }

  private boolean evaluate(JsonObject context, List<String> warnings) throws Exception {
    RulesetAst ruleset = rulesets.get(context.get("rulesetName").getAsString());
    if (ruleset == null) {
      throw new IllegalStateException("the ruleset was never loaded");
    }
    AuthRuleEvaluator.RuleContext.Builder request =
        AuthRuleEvaluator.RuleContext.builder()
            .service(context.get("service").getAsString())
            .method(context.get("method").getAsString())
            .path(context.get("path").getAsString());
    for (Map.Entry<String, JsonElement> variable : context.getAsJsonObject("variables").entrySet()) {
      request.supplyVariable(variable.getKey(), value(variable.getValue()));
    }
    EvaluationListener listener =
        new EvaluationListener() {
          @Override
          public void afterSinglePermissionEvaluation(Evaluator.Context rule, Throwable thrown, Expression condition) {
            warnings.add("[" + rule.method() + "] " + thrown.getMessage());
          }
        };
    EvaluationRestrictions unrestricted = EvaluationRestrictions.builder().build();
    return new DefaultEvaluator(ruleset, ImmutableList.of(() -> listener), unrestricted)
        .evaluate(request.build())
        .get(EVALUATION_SECONDS, TimeUnit.SECONDS)
        .permit();
  }

  private static JsonObject reply(long id, List<String> errors, List<String> warnings) {
    JsonObject reply = new JsonObject();
    reply.addProperty("id", id);
    reply.addProperty("status", "ok");
    reply.add("errors", strings(errors));
    reply.add("warnings", strings(warnings));
    return reply;
  }

  private static JsonArray strings(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  /** What firebase-tools sends as {@code {"<type>_value": …}} as the engine's own value. */
  private static ExpressionValue value(JsonElement sent) {
    ExpressionValue.Builder value = ExpressionValue.newBuilder();
    if (sent == null || sent.isJsonNull() || sent.getAsJsonObject().size() == 0) {
      return value.setNullValue(NullValue.NULL_VALUE).build();
    }
    Map.Entry<String, JsonElement> typed = sent.getAsJsonObject().entrySet().iterator().next();
    JsonElement raw = typed.getValue();
    switch (typed.getKey()) {
      case "null_value":
        return value.setNullValue(NullValue.NULL_VALUE).build();
      case "string_value":
        return value.setStringValue(raw.getAsString()).build();
      case "bool_value":
        return value.setBoolValue(raw.getAsBoolean()).build();
      case "int_value":
        return value.setIntValue(raw.getAsLong()).build();
      case "float_value":
        return value.setFloatValue(raw.getAsDouble()).build();
      case "timestamp_value":
        Instant moment = Instant.parse(raw.getAsString());
        return value
            .setTimestampValue(
                Timestamp.newBuilder().setSeconds(moment.getEpochSecond()).setNanos(moment.getNano()))
            .build();
      case "list_value":
        ExpressionListValue.Builder list = ExpressionListValue.newBuilder();
        raw.getAsJsonObject().getAsJsonArray("values").forEach(item -> list.addValues(value(item)));
        return value.setListValue(list).build();
      case "set_value":
        ExpressionSetValue.Builder set = ExpressionSetValue.newBuilder();
        raw.getAsJsonObject().getAsJsonArray("values").forEach(item -> set.addValues(value(item)));
        return value.setSetValue(set).build();
      case "map_value":
        ExpressionMapValue.Builder map = ExpressionMapValue.newBuilder();
        raw.getAsJsonObject()
            .getAsJsonObject("fields")
            .entrySet()
            .forEach(field -> map.putFields(field.getKey(), value(field.getValue())));
        return value.setMapValue(map).build();
      case "path_value":
        return value.setPathValue(path(raw.getAsJsonObject().getAsJsonArray("segments"))).build();
      default:
        throw new IllegalArgumentException("unknown kind of value: " + typed.getKey());
    }
  }

  private static ExpressionPathValue path(JsonArray segments) {
    ExpressionPathValue.Builder path = ExpressionPathValue.newBuilder();
    for (JsonElement segment : segments) {
      String name = segment.getAsJsonObject().get("simple").getAsString();
      path.addSegments(ExpressionPathSegmentValue.newBuilder().setSimple(name));
    }
    return path.build();
  }
}
