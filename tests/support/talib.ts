import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { init } from 'talib-web';

/** What this file uses of the Emscripten module that `init` resolves to. */
type Heap = {
  _malloc: (bytes: number) => number;
  _free: (pointer: number) => void;
  HEAPF64: Float64Array;
  HEAP32: Int32Array;
  ccall: (...call: [name: string, result: 'number', types: string[], values: number[]]) => number;
};

type Call = { inputs: Float64Array[]; options?: number[]; outputs?: number };

/** Calls a TA-Lib function; its outputs are as long as the inputs, NaN where TA-Lib has no value. */
export type Talib = (name: string, call: Call) => Float64Array[];

/**
 * Loads TA-Lib's C code as WebAssembly. The exact range is passed to C by hand, because the package's own wrappers read one
 * value beyond the end and lose at which index the output begins. Its heap is 16 MiB: 500,000 values to three arrays.
 */
export async function loadTalib(): Promise<Talib> {
  const heap = await loadHeap();
  return (name, { inputs, options = [], outputs = 1 }) => {
    const length = inputs[0]!.length;
    const pointers = Array.from({ length: inputs.length + outputs }, () => heap._malloc(8 * length));
    const range = heap._malloc(8);
    if ([...pointers, range].includes(0))
      throw new Error(`No heap for ${pointers.length} x ${length} values`);
    for (const [index, input] of inputs.entries()) heap.HEAPF64.set(input, pointers[index]! / 8);
    const values = [0, length - 1, ...pointers.slice(0, inputs.length), ...options, range, range + 4];
    values.push(...pointers.slice(inputs.length));
    const code = heap.ccall(`TA_${name}`, 'number', new Array<string>(values.length).fill('number'), values);
    if (code !== 0) throw new Error(`TA_${name} returned ${code}`);
    const begin = heap.HEAP32[range / 4]!;
    const count = heap.HEAP32[range / 4 + 1]!;
    const results = pointers.slice(inputs.length).map((pointer) => {
      const series = new Float64Array(length).fill(NaN);
      series.set(heap.HEAPF64.subarray(pointer / 8, pointer / 8 + count), begin);
      return series;
    });
    for (const pointer of [...pointers, range]) heap._free(pointer);
    return results;
  };
}

/** Reads the binary from disk and hands it over as a data URL, which is all that the loader can fetch under Node, and takes back the process listeners that it adds. */
async function loadHeap(): Promise<Heap> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  const file = createRequire(import.meta.url).resolve('talib-web/lib/talib.wasm');
  const binary = readFileSync(file).toString('base64');
  const heap = (await init(`data:application/wasm;base64,${binary}`)) as Heap;
  for (const [index, event] of events.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[index]!.includes(listener)) process.off(event, listener);
    }
  }
  return heap;
}
