/**
 * Which algorithms there are: discovery by {@link java.util.ServiceLoader} on the class path and in
 * plug-in folders, and the catalog that they are looked up in by name.
 */
@NullMarked
package dev.orthant.core.plugin;

import org.jspecify.annotations.NullMarked;
