package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.model.OptionMetadata;
import java.util.List;
import java.util.Optional;

/** Finds what looks like an option and is none. */
final class UnknownOption {
  private final List<OptionMetadata> known;

  private UnknownOption(CommandMetadata command) {
    this.known = command.getAllOptions();
  }

  /** The first in {@code words}, which follow the name of the command. */
  static Optional<String> in(CommandMetadata command, List<String> words) {
    return new UnknownOption(command).first(words);
  }

  private Optional<String> first(List<String> words) {
    for (int at = 0; at < words.size() && !words.get(at).equals("--"); at++) {
      String word = words.get(at);
      Optional<OptionMetadata> option = option(word);
      if (option.isPresent()) {
        at += option.get().getArity();
      } else if (word.matches("--?[A-Za-z].*") && !hasValue(word)) {
        return Optional.of(word);
      }
    }
    return Optional.empty();
  }

  private Optional<OptionMetadata> option(String word) {
    return known.stream().filter(option -> option.getOptions().contains(word)).findFirst();
  }

  /** Whether this is {@code --name=value}, or {@code -nvalue}. */
  private boolean hasValue(String word) {
    return known.stream()
        .flatMap(option -> option.getOptions().stream())
        .anyMatch(name -> word.startsWith(name.startsWith("--") ? name + "=" : name));
  }
}
