/**
 * Files of models and adapters: safetensors, Hugging Face model folders, PEFT adapter folders, and
 * the import of models in other forms.
 *
 * <p>Reading is strict (a file that does not follow its format is refused with its name, what is
 * wrong and where) and lazy (tensors are read when asked for). Writing is atomic: a file or folder
 * appears complete under its name or not at all.
 */
@NullMarked
package dev.orthant.core.checkpoint;

import org.jspecify.annotations.NullMarked;
