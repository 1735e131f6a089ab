package dev.orthant.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Log messages as plain lines on the console: ours from INFO, libraries' from WARN; with {@code
 * --verbose} ours from DEBUG, libraries' from INFO, and where they come from.
 *
 * <p>Set up in code because reading a logging configuration takes longer than a short command.
 */
final class ConsoleLogging extends AppenderBase<ILoggingEvent> {

  private static final String OURS = "dev.orthant";
  private static final String TOKENIZER = "ai.djl";

  private final Console console;
  private final boolean verbose;

  private ConsoleLogging(Console console, boolean verbose) {
    this.console = console;
    this.verbose = verbose;
  }

  static void install(Console console, boolean verbose) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleLogging appender = new ConsoleLogging(console, verbose);
    appender.setContext(context);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(verbose ? Level.INFO : Level.WARN);
    context.getLogger(OURS).setLevel(verbose ? Level.DEBUG : Level.INFO);
    // The tokenizer's library warns about every machine without a graphics card.
    context.getLogger(TOKENIZER).setLevel(verbose ? Level.WARN : Level.ERROR);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String prefix = event.getLevel().isGreaterOrEqual(Level.WARN) ? level(event) + ": " : "";
    String source = verbose ? " [" + event.getLoggerName() + "]" : "";
    console.line(prefix + event.getFormattedMessage() + source);
  }

  private static String level(ILoggingEvent event) {
    return event.getLevel().equals(Level.WARN) ? "warning" : "error";
  }
}
