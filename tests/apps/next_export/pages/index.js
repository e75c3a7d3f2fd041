export default function Home() {
  return <h1>first version</h1>;
}
