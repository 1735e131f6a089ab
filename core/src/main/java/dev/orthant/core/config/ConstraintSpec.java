package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A constraint that adapters are trained with: the run's, for adapters marked as constrained, or an
 * adapter's own.
 *
 * @param type the name of the constraint in the catalog
 * @param settings its own configuration
 */
public record ConstraintSpec(String type, @Remaining ObjectNode settings)
    implements ComponentSpec {}
