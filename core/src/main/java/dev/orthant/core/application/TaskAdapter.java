package dev.orthant.core.application;

import dev.orthant.core.finetune.AdapterDescription;
import dev.orthant.core.nn.Head;
import dev.orthant.core.spi.Parameter;
import java.util.List;

/**
 * A trained adapter with the head it was trained with, read from its folder or fresh from training.
 * Nothing of it depends on which adapters are in use beside it.
 *
 * <p>Immutable, and safe for use by several threads.
 */
public final class TaskAdapter implements AutoCloseable {

  private final AdapterDescription description;
  private final Adaptation adaptation;
  private final Head head;
  private final Gate gate;

  TaskAdapter(AdapterDescription description, Adaptation adaptation, Head head) {
    this.description = description;
    this.adaptation = adaptation;
    this.head = head;
    this.gate = new Gate("the adapter of task '" + description.task() + "'");
  }

  /** The task it was trained on. */
  public String task() {
    return description.task();
  }

  /** The names of the classes, by index; empty for a regression. */
  public List<String> labels() {
    return description.labels();
  }

  /** All that is written beside the adapter. */
  public AdapterDescription description() {
    return description;
  }

  /** What it adds to the base model. */
  public Adaptation adaptation() {
    return adaptation;
  }

  /** What turns the adapted model's states into logits. */
  Head head() {
    return head;
  }

  /** Begins a use, before whose end nothing is freed. */
  void enter() {
    gate.enter();
  }

  /** Ends a use. */
  void exit() {
    gate.exit();
  }

  /**
   * Frees its memory as soon as no request uses it; requests that come later are refused. Blends
   * and merges made of it stay usable.
   */
  @Override
  public void close() {
    if (gate.close()) {
      adaptation.close();
      Memory.free(head.parameters().stream().map(Parameter::value).toList());
    }
  }
}
