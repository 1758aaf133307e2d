package dev.sentinelj.runners.cli;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** JSON as block YAML; texts keep their JSON quotes, which YAML reads the same. */
final class Yaml {
  private Yaml() {}

  static String of(JsonNode node) {
    StringBuilder out = new StringBuilder();
    write(out, node, "", "");
    return out.toString().strip();
  }

  /**
   * @param first what stands before the first line
   * @param indent what stands before every other
   */
  private static void write(StringBuilder out, JsonNode node, String first, String indent) {
    String before = first;
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        member(out, field.getValue(), before + key(field.getKey()) + ":", indent);
        before = indent;
      }
    } else {
      for (JsonNode item : node) {
        if (isScalar(item)) {
          out.append(before).append("- ").append(item).append('\n');
        } else {
          write(out, item, before + "- ", indent + "  ");
        }
        before = indent;
      }
    }
  }

  private static String key(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_.]*") ? name : ApiClient.JSON.writeValueAsString(name);
  }

  private static void member(StringBuilder out, JsonNode value, String name, String indent) {
    if (isScalar(value)) {
      out.append(name).append(' ').append(value).append('\n');
    } else {
      out.append(name).append('\n');
      write(out, value, indent + "  ", indent + "  ");
    }
  }

  private static boolean isScalar(JsonNode node) {
    return !node.isContainer() || node.isEmpty();
  }
}
