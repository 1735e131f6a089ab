package dev.orthant.cli;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Stage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;

/**
 * Makes commands with what they need injected. Guice starts with the first command that is really
 * run: help and errors of usage do not wait for it.
 */
final class CommandFactory implements IFactory {

  private final Supplier<Module> module;
  private @Nullable Injector injector;

  /**
   * @param module what can be injected, the commands included
   */
  CommandFactory(Supplier<Module> module) {
    this.module = module;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (!type.isAnnotationPresent(Command.class)) {
      return CommandLine.defaultFactory().create(type);
    }
    if (injector == null) {
      injector = Guice.createInjector(Stage.DEVELOPMENT, module.get());
    }
    return injector.getInstance(type);
  }

  boolean started() {
    return injector != null;
  }
}
