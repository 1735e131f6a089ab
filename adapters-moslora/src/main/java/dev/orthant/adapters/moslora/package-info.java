/** MoSLoRA: LoRA with a trained mixer between its factors. */
@NullMarked
package dev.orthant.adapters.moslora;

import org.jspecify.annotations.NullMarked;
