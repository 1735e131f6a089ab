package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The constraint that adapters marked as constrained are trained with.
 *
 * @param type the name of the constraint in the catalog
 * @param settings its own configuration
 */
public record ConstraintSpec(String type, @Remaining ObjectNode settings)
    implements ComponentSpec {}
