package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An adapter to train.
 *
 * @param name the user's name for it; it becomes part of folder names
 * @param type the name of the adapter in the catalog
 * @param constrained whether the run's constraint chooses its subspace
 * @param settings its own configuration
 */
public record AdapterSpec(
    String name, String type, @Default("false") boolean constrained, @Remaining ObjectNode settings)
    implements ComponentSpec {

  /** Refuses illegal names. */
  public AdapterSpec {
    SpecNames.check(name);
  }
}
