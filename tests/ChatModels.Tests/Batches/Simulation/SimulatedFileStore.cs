using ChatModels.Batches.Files;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>One worker's files over the network.</summary>
internal sealed class SimulatedFileStore(InMemoryFileStore server, BatchNetwork network, SimulatedWorker worker) : IFileStore
{
    private static CancellationToken None => CancellationToken.None;

    public long Capacity => server.Capacity;

    public Task<IFileWriter> CreateAsync(string id, CancellationToken cancellationToken) =>
        network.SendAsync<IFileWriter>(worker, $"create {id}", async () => new Writer(await server.CreateAsync(id, None), network, worker, id));

    public Task<Stream?> OpenAsync(string id, CancellationToken cancellationToken) => network.SendAsync(worker, $"open {id}", () => server.OpenAsync(id, None));

    public Task DeleteAsync(string id, CancellationToken cancellationToken) => network.SendAsync(worker, $"delete {id}", async () =>
    {
        await server.DeleteAsync(id, None);
        return true;
    });

    public Task<IReadOnlyList<StoredContent>> ListAsync(CancellationToken cancellationToken) => network.SendAsync(worker, "contents", () => server.ListAsync(None));

    public Task DiscardAsync(StoredContent content, CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class Writer(IFileWriter inner, BatchNetwork network, SimulatedWorker worker, string id) : IFileWriter
    {
        public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            var copy = bytes.ToArray();
            return network.SendAsync(worker, $"write to {id}", async () =>
            {
                await inner.WriteAsync(copy, None);
                return true;
            });
        }

        public Task CompleteAsync(CancellationToken cancellationToken) => network.SendAsync(worker, $"complete {id}", async () =>
        {
            await inner.CompleteAsync(None);
            return true;
        });

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
