export function Logo({ size }: { size: number }) {
  return <img src="./icons/lookout.svg" width={size} height={size} alt="" />;
}
