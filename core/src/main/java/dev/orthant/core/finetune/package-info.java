/** Adapters on a model: assembling them, training them, their folders on disk. */
@NullMarked
package dev.orthant.core.finetune;

import org.jspecify.annotations.NullMarked;
