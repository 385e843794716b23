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
import com.google.firebase.rules.runtime.v1.RulesetAst;
import com.google.firebase.rules.v1.File;
import com.google.firebase.rules.v1.Issue;
import com.google.firebase.rules.v1.Source;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Judges Storage requests for the Storage emulator, with the rules engine of the Google Cloud SDK's Firestore
 * emulator.
 *
 * <p>Stands in for {@code cloud-storage-rules-runtime.jar} and speaks its protocol, one JSON object a line on
 * stdin and stdout (firebase-tools, {@code lib/emulator/storage/rules/runtime.js}). Each request is judged in a thread
 * of its own, since rules that look into Firestore wait for an answer on stdin.
 */
public final class StorageRulesRuntime {
  private static final int HELLO = -1;
  private static final long EVALUATION_SECONDS = 20;

  private final Map<String, RulesetAst> rulesets = new ConcurrentHashMap<>();
  private final Map<Long, FirestoreDocuments> atWork = new ConcurrentHashMap<>();
  private final ExecutorService judges = Executors.newCachedThreadPool();
  private final PrintStream replies;

  private StorageRulesRuntime(PrintStream replies) {
    this.replies = replies;
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream replies = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // The engine may print; stdout belongs to the protocol.
    System.setOut(System.err);
    StorageRulesRuntime runtime = new StorageRulesRuntime(replies);
    runtime.say(reply(HELLO, List.of(), List.of()));
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      if (!line.isBlank()) {
        runtime.hear(JsonParser.parseString(line).getAsJsonObject());
      }
    }
    System.exit(0);
  }

  private synchronized void say(JsonObject reply) {
    replies.println(reply);
  }

  private void hear(JsonObject message) {
    long id = message.get("id").getAsLong();
    if (!message.has("action")) {
      FirestoreDocuments asking = atWork.get(id);
      if (asking != null) {
        asking.told(message);
      }
      return;
    }
    String action = message.get("action").getAsString();
    JsonObject context = message.getAsJsonObject("context");
    switch (action) {
      case "load_ruleset":
        say(load(id, context));
        return;
      case "verify":
        FirestoreDocuments documents = new FirestoreDocuments(id, this::say);
        atWork.put(id, documents);
        judges.execute(
            () -> {
              JsonObject judgement = verify(id, context, documents);
              atWork.remove(id);
              say(judgement);
            });
        return;
      default:
        say(reply(id, List.of("unknown action " + action), List.of()));
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
        FirebaseRulesLangOptions.builder()
            .allowTernaryOperator(true)
            .allowLetBindings(true)
            .allowCrossServiceRules(true)
            .build();
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

  private JsonObject verify(long id, JsonObject context, FirestoreDocuments documents) {
    List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    boolean permit = false;
    try {
      permit = evaluate(context, documents, warnings);
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

  private boolean evaluate(JsonObject context, FirestoreDocuments documents, List<String> warnings)
      throws Exception {
    RulesetAst ruleset = rulesets.get(context.get("rulesetName").getAsString());
    if (ruleset == null) {
      throw new IllegalStateException("the ruleset was never loaded");
    }
    AuthRuleEvaluator.RuleContext.Builder request =
        AuthRuleEvaluator.RuleContext.builder()
            .service(context.get("service").getAsString())
            .method(context.get("method").getAsString())
            .path(context.get("path").getAsString())
            .functions(documents.functions());
    for (Map.Entry<String, JsonElement> variable : context.getAsJsonObject("variables").entrySet()) {
      request.supplyVariable(variable.getKey(), RulesValues.value(variable.getValue()));
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
}
