import com.google.firebase.rules.runtime.v1.ExpressionListValue;
import com.google.firebase.rules.runtime.v1.ExpressionMapValue;
import com.google.firebase.rules.runtime.v1.ExpressionPathSegmentValue;
import com.google.firebase.rules.runtime.v1.ExpressionPathValue;
import com.google.firebase.rules.runtime.v1.ExpressionSetValue;
import com.google.firebase.rules.runtime.v1.ExpressionValue;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** The rules engine's values, made of what firebase-tools and Firestore write in JSON. */
final class RulesValues {
  private RulesValues() {}

  /** What firebase-tools sends as {@code {"<type>_value": …}} as the engine's own value. */
  static ExpressionValue value(JsonElement sent) {
    ExpressionValue.Builder value = ExpressionValue.newBuilder();
    if (sent == null || sent.isJsonNull() || sent.getAsJsonObject().size() == 0) {
      return nothing();
    }
    Map.Entry<String, JsonElement> typed = sent.getAsJsonObject().entrySet().iterator().next();
    JsonElement raw = typed.getValue();
    switch (typed.getKey()) {
      case "null_value":
        return nothing();
      case "string_value":
        return text(raw.getAsString());
      case "bool_value":
        return value.setBoolValue(raw.getAsBoolean()).build();
      case "int_value":
        return value.setIntValue(raw.getAsLong()).build();
      case "float_value":
        return value.setFloatValue(raw.getAsDouble()).build();
      case "timestamp_value":
        return value.setTimestampValue(moment(raw.getAsString())).build();
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

  /** A Firestore document, as its REST interface writes it, as rules see it: {@code data} holds its fields. */
  static ExpressionValue document(JsonObject document) {
    ExpressionMapValue.Builder resource = ExpressionMapValue.newBuilder();
    resource.putFields("data", stored(field("mapValue", document)));
    String name = document.get("name").getAsString();
    resource.putFields("id", text(name.substring(name.lastIndexOf('/') + 1)));
    return ExpressionValue.newBuilder().setMapValue(resource).build();
  }

  /** Null, as rules see a document that is not there. */
  static ExpressionValue nothing() {
    return ExpressionValue.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
  }

  /** What Firestore's REST interface writes as {@code {"<type>Value": …}} as the engine's own value. */
  private static ExpressionValue stored(JsonObject sent) {
    Map.Entry<String, JsonElement> typed = sent.entrySet().iterator().next();
    JsonElement raw = typed.getValue();
    ExpressionValue.Builder value = ExpressionValue.newBuilder();
    switch (typed.getKey()) {
      case "nullValue":
        return nothing();
      case "stringValue":
      case "referenceValue":
        return text(raw.getAsString());
      case "booleanValue":
        return value.setBoolValue(raw.getAsBoolean()).build();
      case "integerValue":
        return value.setIntValue(raw.getAsLong()).build();
      case "doubleValue":
        return value.setFloatValue(raw.getAsDouble()).build();
      case "timestampValue":
        return value.setTimestampValue(moment(raw.getAsString())).build();
      case "bytesValue":
        return value.setBytesValue(ByteString.copyFrom(Base64.getDecoder().decode(raw.getAsString()))).build();
      case "arrayValue":
        ExpressionListValue.Builder list = ExpressionListValue.newBuilder();
        JsonArray items = raw.getAsJsonObject().getAsJsonArray("values");
        if (items != null) {
          items.forEach(item -> list.addValues(stored(item.getAsJsonObject())));
        }
        return value.setListValue(list).build();
      case "mapValue":
        ExpressionMapValue.Builder map = ExpressionMapValue.newBuilder();
        JsonObject fields = raw.getAsJsonObject().getAsJsonObject("fields");
        if (fields != null) {
          fields.entrySet().forEach(item -> map.putFields(item.getKey(), stored(item.getValue().getAsJsonObject())));
        }
        return value.setMapValue(map).build();
      default:
        throw new IllegalArgumentException("unknown kind of field: " + typed.getKey());
    }
  }

  private static JsonObject field(String kind, JsonElement raw) {
    JsonObject field = new JsonObject();
    field.add(kind, raw);
    return field;
  }

  private static ExpressionValue text(String text) {
    return ExpressionValue.newBuilder().setStringValue(text).build();
  }

  private static Timestamp moment(String text) {
    Instant moment = Instant.parse(text);
    return Timestamp.newBuilder().setSeconds(moment.getEpochSecond()).setNanos(moment.getNano()).build();
  }
}
