/** LoRA with the semantics of Hugging Face PEFT. */
@NullMarked
package dev.orthant.adapters.lora;

import org.jspecify.annotations.NullMarked;
