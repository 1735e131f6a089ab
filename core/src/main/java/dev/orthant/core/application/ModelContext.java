package dev.orthant.core.application;

import dev.orthant.core.config.ConfigDecoder;
import dev.orthant.core.family.Architectures;
import dev.orthant.core.kernel.Kernels;
import dev.orthant.core.plugin.Catalog;

/**
 * What models work with.
 *
 * @param kernels that run them
 * @param architectures read model folders
 * @param catalog where components are looked up
 * @param decoder of their settings
 */
record ModelContext(
    Kernels kernels, Architectures architectures, Catalog catalog, ConfigDecoder decoder) {}
