package dev.sentinelj.adapters.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;

/** The JSON object that a request carries; each reading names the field that is at fault. */
final class JsonBody {
  private final JsonNode object;

  private JsonBody(JsonNode object) {
    this.object = object;
  }

  /**
   * @param known the fields a request may have; any other is refused
   */
  static JsonBody parse(byte[] bytes, Set<String> known) {
    JsonNode object = read(bytes);
    if (!object.isObject()) {
      throw bad("the body must be a JSON object");
    }
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw Problem.badField(shown(name), "unknown field, " + knownFields(known));
      }
    }
    return new JsonBody(object);
  }

  private static String knownFields(Set<String> known) {
    return known.isEmpty()
        ? "the body must be {}"
        : "known are " + String.join(", ", new TreeSet<>(known));
  }

  boolean has(String name) {
    return !object.path(name).isMissingNode() && !object.path(name).isNull();
  }

  String text(String name, int maxChars) {
    JsonNode value = object.path(name);
    if (!value.isString()) {
      throw Problem.badField(name, name + " must be text");
    }
    return bounded(name, value.stringValue(), maxChars);
  }

  Optional<String> optionalText(String name, int maxChars) {
    return has(name) ? Optional.of(text(name, maxChars)) : Optional.empty();
  }

  long integer(String name, long min, long max) {
    JsonNode value = object.path(name);
    boolean fits = value.isIntegralNumber() && value.canConvertToLong();
    if (!fits || value.longValue() < min || value.longValue() > max) {
      throw Problem.badField(name, name + " must be a whole number from " + min + " to " + max);
    }
    return value.longValue();
  }

  /** An object of texts; empty when the field is missing. */
  Map<String, String> texts(String name, int maxEntries, int maxKey, int maxValue) {
    if (!has(name)) {
      return Map.of();
    }
    JsonNode value = object.path(name);
    if (!value.isObject() || value.size() > maxEntries) {
      throw Problem.badField(name, name + " must be an object of at most " + maxEntries + " texts");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    value.forEachEntry(
        (key, text) -> texts.put(entryKey(name, key, maxKey), entryText(name, text, maxValue)));
    return texts;
  }

  private static String entryKey(String name, String key, int max) {
    return bounded(name, key, max);
  }

  private static String entryText(String name, JsonNode text, int max) {
    if (!text.isString() || text.stringValue().length() > max) {
      throw Problem.badField(name, "each value must be text of at most " + max + " characters");
    }
    return text.stringValue();
  }

  private static String bounded(String name, String text, int maxChars) {
    if (text.isEmpty() || text.length() > maxChars) {
      throw Problem.badField(name, name + " must have 1 to " + maxChars + " characters");
    }
    return text;
  }

  private static JsonNode read(byte[] bytes) {
    try {
      return Json.MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String where = at == null ? "" : ": line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw bad("the body is not JSON" + where);
    }
  }

  /** A name that came from outside, short and without control characters. */
  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 63 ? clean : clean.substring(0, 63);
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(Problem.of(400, detail));
  }
}
