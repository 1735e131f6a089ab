package dev.orthant.cli;

import com.google.inject.Inject;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/** {@code orthant completion}: what a shell completes the command's words by. */
@Command(
    name = "completion",
    description = {
      "Print a script by which bash and zsh complete commands and options.",
      "In bash:  source <(orthant completion)",
      "In zsh:   autoload -U +X bashcompinit && bashcompinit && source <(orthant completion)"
    })
final class CompletionCommand implements Callable<Integer> {

  private final Console console;

  @Inject
  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommandSpec root = OrthantCli.model();
    console.out().println(AutoComplete.bash(root.name(), root.commandLine()));
    return ExitCode.OK;
  }
}
