package dev.orthant.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of all commands and options, from the command's own model. */
final class CliReference {

  private static final String HEAD =
      """
      # Commands

      Every command with its options, as `orthant COMMAND --help` tells them; the build keeps this page current. How they
      go together is in [first steps](quickstart.md) and in [the command line](command-line.md).

      Exit codes are 0 for done, 1 for failed, 2 for misused and 130 for interrupted. Results go to the standard output,
      progress and errors to the standard error stream.
      """;

  private CliReference() {}

  static String of(CommandSpec root) {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("\n## Options of all commands\n\n");
    table(page, "option", root.options().stream().map(CliReference::row).toList());
    page.append(
        """

        ## Variables

        | variable | |
        |---|---|
        | `ORTHANT_PLUGINS` | [plug-in folders](plugins.md), separated as paths are |
        | `ORTHANT_HOME` | where fetched base models are kept; `~/.cache/orthant` by default |
        | `ORTHANT_OPTS` | options for the Java virtual machine, such as `-Xmx8g` |
        | `JAVA_HOME` | the Java that is used |
        """);
    root.subcommands().values().forEach(command -> command(page, command, 2));
    return page.toString();
  }

  private static void command(StringBuilder page, CommandLine command, int level) {
    CommandSpec spec = command.getCommandSpec();
    page.append('\n').append("#".repeat(level)).append(' ').append(spec.qualifiedName());
    page.append("\n\n");
    for (String line : spec.usageMessage().description()) {
      page.append(text(line)).append("\\\n");
    }
    page.setLength(page.length() - 2);
    page.append("\n");
    List<String> parameters = new ArrayList<>();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      parameters.add("| `%s` | %s |".formatted(parameter.paramLabel(), description(parameter)));
    }
    List<String> options =
        spec.options().stream().filter(o -> !o.inherited()).map(CliReference::row).toList();
    if (!parameters.isEmpty()) {
      page.append('\n');
      table(page, "argument", parameters);
    }
    if (!options.isEmpty()) {
      page.append('\n');
      table(page, "option", options);
    }
    spec.subcommands().values().forEach(inner -> command(page, inner, level + 1));
  }

  private static void table(StringBuilder page, String head, List<String> rows) {
    page.append("| ").append(head).append(" | |\n|---|---|\n");
    rows.forEach(row -> page.append(row).append('\n'));
  }

  private static String row(OptionSpec option) {
    String names = String.join("`, `", option.names());
    boolean flag = option.arity().max() == 0;
    String needed = option.required() ? "; needed" : "";
    return "| `%s`%s%s | %s |"
        .formatted(
            names, flag ? "" : " `" + option.paramLabel() + "`", needed, description(option));
  }

  private static String description(ArgSpec spec) {
    String text = String.join(" ", spec.description());
    if (spec.type().isEnum() || spec.completionCandidates() != null) {
      String candidates =
          spec.completionCandidates() == null
              ? ""
              : java.util.stream.StreamSupport.stream(
                      spec.completionCandidates().spliterator(), false)
                  .collect(Collectors.joining(", "));
      text = text.replace("${COMPLETION-CANDIDATES}", candidates);
    }
    return text(text);
  }

  /** Escapes what has a meaning in tables and in HTML. */
  private static String text(String line) {
    return line.replace("$$", "$").replace("%n", " ").replace("|", "\\|").replace("<", "&lt;");
  }
}
