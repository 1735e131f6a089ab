package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * An adapter to train.
 *
 * @param name the user's name for it; it becomes part of folder names
 * @param type the name of the adapter in the catalog
 * @param constrained whether the run's constraint chooses its subspace
 * @param constraint the constraint of this adapter alone, or null; it takes precedence over the
 *     run's, and {@code constrained} need not be said beside it
 * @param training keys of the run's training configuration that are different for this adapter
 * @param settings its own configuration
 */
public record AdapterSpec(
    String name,
    String type,
    @Default("false") boolean constrained,
    @Nullable ConstraintSpec constraint,
    @Default("{}") ObjectNode training,
    @Remaining ObjectNode settings)
    implements ComponentSpec {

  /** Refuses illegal names. */
  public AdapterSpec {
    SpecNames.check(name);
  }

  /** An adapter without a constraint or a training configuration of its own. */
  public AdapterSpec(String name, String type, boolean constrained, ObjectNode settings) {
    this(name, type, constrained, null, settings.objectNode(), settings);
  }
}
