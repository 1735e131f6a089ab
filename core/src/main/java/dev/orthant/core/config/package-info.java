/**
 * Configuration: records decoded from YAML or JSON with all problems told at once, and encoded back
 * with every value spelled out.
 */
@NullMarked
package dev.orthant.core.config;

import org.jspecify.annotations.NullMarked;
