package dev.orthant.core.config;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A transform of deltas before or after a merge.
 *
 * @param type the name of the transform in the catalog
 * @param settings its own configuration
 */
public record TransformSpec(String type, @Remaining ObjectNode settings) implements ComponentSpec {}
