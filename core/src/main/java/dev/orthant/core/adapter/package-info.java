/**
 * What adapters that are products of factors share: settings, choice of modules, first values, and
 * the side path with its gradients. Anyone's adapter may build on it.
 */
@NullMarked
package dev.orthant.core.adapter;

import org.jspecify.annotations.NullMarked;
