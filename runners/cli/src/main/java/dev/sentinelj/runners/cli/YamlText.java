package dev.sentinelj.runners.cli;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** JSON values as YAML 1.2 in block style; texts are quoted as in JSON, which YAML contains. */
final class YamlText {
  private static final String STEP = "  ";

  private YamlText() {}

  static String of(JsonNode value) {
    StringBuilder out = new StringBuilder();
    write(out, value, "");
    return out.toString().stripTrailing();
  }

  private static void write(StringBuilder out, JsonNode value, String indent) {
    if (value.isEmpty() || value.isValueNode()) {
      out.append(indent).append(value).append('\n');
    } else if (value.isArray()) {
      value.forEach(item -> nested(out, item, indent + "-", indent + STEP));
    } else {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        nested(out, field.getValue(), indent + key(field.getKey()) + ":", indent + STEP);
      }
    }
  }

  private static void nested(StringBuilder out, JsonNode value, String start, String indent) {
    out.append(start);
    if (value.isValueNode() || value.isEmpty()) {
      out.append(' ').append(value).append('\n');
    } else {
      out.append('\n');
      write(out, value, indent);
    }
  }

  private static String key(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : ApiClient.JSON.writeValueAsString(name);
  }
}
