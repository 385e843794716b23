import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.firebase.rules.runtime.common.AsyncRuntimeFunction;
import com.google.firebase.rules.runtime.v1.ExecutionRequest;
import com.google.firebase.rules.runtime.v1.ExecutionResponse;
import com.google.firebase.rules.runtime.v1.ExpressionPathSegmentValue;
import com.google.firebase.rules.runtime.v1.ExpressionValue;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code firestore.get} and {@code firestore.exists} in the rules, for one request that is being judged.
 *
 * <p>firebase-tools is asked for each document by a message that bears the request's number, and answers with one
 * that bears it too.
 */
final class FirestoreDocuments {
  private static final long PATIENCE_SECONDS = 10;

  private final long request;
  private final Consumer<JsonObject> ask;
  private final BlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();

  FirestoreDocuments(long request, Consumer<JsonObject> ask) {
    this.request = request;
    this.ask = ask;
  }

  /** Takes what firebase-tools answered; without {@code result} there is no such document. */
  void told(JsonObject answer) {
    answers.add(answer);
  }

  List<AsyncRuntimeFunction> functions() {
    return List.of(
        new Lookup("firestore.get", found -> found == null ? RulesValues.nothing() : RulesValues.document(found)),
        new Lookup("firestore.exists", found -> ExpressionValue.newBuilder().setBoolValue(found != null).build()));
  }

  /** One at a time: the answers bear the request's number only. */
  private synchronized JsonObject read(List<ExpressionPathSegmentValue> segments) throws InterruptedException {
    StringBuilder path = new StringBuilder();
    segments.forEach(segment -> path.append('/').append(segment.getSimple()));
    JsonObject context = new JsonObject();
    context.addProperty("path", path.toString());
    JsonObject question = new JsonObject();
    question.addProperty("id", request);
    question.addProperty("server_request_id", request);
    question.addProperty("status", "ok");
    question.addProperty("action", "fetch_firestore_document");
    question.add("context", context);
    ask.accept(question);
    JsonObject answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (answer == null) {
      throw new IllegalStateException("nobody told of the document " + path);
    }
    return answer.getAsJsonObject("result");
  }

  private final class Lookup implements AsyncRuntimeFunction {
    private final String name;
    private final Function<JsonObject, ExpressionValue> shown;

    Lookup(String name, Function<JsonObject, ExpressionValue> shown) {
      this.name = name;
      this.shown = shown;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public ListenableFuture<ExecutionResponse> execute(ExecutionRequest call) {
      try {
        JsonObject found = read(call.getArguments(0).getPathValue().getSegmentsList());
        return Futures.immediateFuture(ExecutionResponse.newBuilder().setValue(shown.apply(found)).build());
      } catch (InterruptedException | RuntimeException failed) {
        return Futures.immediateFailedFuture(failed);
      }
    }
  }
}
