declare module 'virtual:visit/*' {
  const sentences: Record<string, string>;
  export default sentences;
}
