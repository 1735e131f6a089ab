package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
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
 * @param start the folder of a trained adapter that training goes on from, with <code>{task}</code>
 *     for the task's name, or null to begin anew
 * @param settings its own configuration
 */
public record AdapterSpec(
    String name,
    String type,
    @Default("false") boolean constrained,
    @Nullable ConstraintSpec constraint,
    @Default("{}") ObjectNode training,
    @Nullable Path start,
    @Remaining ObjectNode settings)
    implements ComponentSpec {

  /** Refuses illegal names, and a start beside a constraint. */
  public AdapterSpec {
    SpecNames.check(name);
    if (start != null && (constrained || constraint != null)) {
      throw new IllegalArgumentException(
          "start excludes a constraint, which would choose another start for adapter '%s'"
              .formatted(name));
    }
  }

  /** An adapter without a constraint or a training configuration of its own. */
  public AdapterSpec(String name, String type, boolean constrained, ObjectNode settings) {
    this(name, type, constrained, null, settings.objectNode(), null, settings);
  }

  /** The folder that the adapter of a task starts from, if there is one. */
  public Optional<Path> startFor(String task) {
    return Optional.ofNullable(start).map(s -> Path.of(s.toString().replace("{task}", task)));
  }
}
