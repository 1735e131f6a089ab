package dev.orthant.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Commands of {@code sh}, as far as pages use it. */
final class ShellLines {

  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)");
  private static final Pattern HERE_DOCUMENT =
      Pattern.compile("<<'(\\w+)'[^\\n]*\\n.*?\\n\\1\\n", Pattern.DOTALL);
  private static final String SEPARATORS = "\\n|&&|\\|\\||[;|()]";

  private ShellLines() {}

  /** The single commands, each as its words: without remarks, variables and redirections. */
  static List<List<String>> commands(String text) {
    List<List<String>> commands = new ArrayList<>();
    String joined = HERE_DOCUMENT.matcher(text + "\n").replaceAll("\n").replace("\\\n", " ");
    for (String command : split(joined)) {
      List<String> words = words(command);
      while (!words.isEmpty() && words.get(0).matches("[A-Z_]+=.*")) {
        words.remove(0);
      }
      if (!words.isEmpty()) {
        commands.add(words);
      }
    }
    return commands;
  }

  /** Splits at separators that are not quoted. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    Matcher token =
        Pattern.compile(
                "'[^']*'|\"[^\"]*\"|(?:^|(?<=\\s))#[^\\n]*|(" + SEPARATORS + ")|.", Pattern.DOTALL)
            .matcher(text);
    StringBuilder part = new StringBuilder();
    while (token.find()) {
      if (token.group(1) != null) {
        parts.add(part.toString());
        part.setLength(0);
      } else if (!token.group().startsWith("#")) {
        part.append(token.group());
      }
    }
    parts.add(part.toString());
    return parts;
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    int end = -1;
    while (word.find()) {
      String text =
          word.group().startsWith("'") || word.group().startsWith("\"")
              ? word.group().substring(1, word.group().length() - 1)
              : word.group();
      if (word.start() == end) { // goes on: --set='a b'
        words.add(words.remove(words.size() - 1) + text);
      } else {
        words.add(text);
      }
      end = word.end();
    }
    int redirection = words.indexOf(">");
    return redirection < 0 ? words : new ArrayList<>(words.subList(0, redirection));
  }
}
