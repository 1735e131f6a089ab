package dev.orthant.eval.choice;

/**
 * A text whose probability after another one is asked for.
 *
 * @param context what comes before; does not end in white space
 * @param text what follows, with the white space that is between them
 */
public record Continuation(String context, String text) {

  /** Moves white space at the end of the context to the text, where tokenizers keep it. */
  public Continuation {
    String kept = context.stripTrailing();
    text = context.substring(kept.length()) + text;
    context = kept;
  }
}
