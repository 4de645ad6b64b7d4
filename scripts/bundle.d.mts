/** Writes `hookline.cjs` and its parts into a directory, which is emptied before. */
export declare function bundle(directory: string): Promise<void>
