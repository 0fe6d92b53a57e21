using ChatModels.Registry;
using ChatModels.Registry.Stores;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>One process' store over the simulated server.</summary>
/// <param name="server">The server.</param>
/// <param name="send">Decides what becomes of each call; without it every call is done at once.</param>
internal sealed class SimulatedStore(SimulatedServer server, Action<StoreCall>? send = null) : IRegistryStore
{
    public event Action? Hinted;

    /// <summary>Told of each commit that its process sends.</summary>
    public Action<StoreCommit> Sending { get; set; } = _ => { };

    /// <summary>The announcements that its process has read last, twice: the announcer and whoever restores may both be reading them.</summary>
    public (IReadOnlyList<ReadOnlyMemory<byte>> One, IReadOnlyList<ReadOnlyMemory<byte>> BeforeIt) LastReads { get; private set; } = ([], []);

    /// <summary>A hint arrives.</summary>
    public void Hint() => Hinted?.Invoke();

    public Task<RegistryHead?> ReadHeadAsync(CancellationToken cancellationToken) => ReadAsync("read head", s => s.Head);

    public Task<StoreImage?> ReadAllAsync(CancellationToken cancellationToken) =>
        ReadAsync("read all", s => s.Head is { } head ? new StoreImage(head, [.. s.Entities.Values]) : null);

    public Task<StoreLog?> ReadLogAsync(long revision, CancellationToken cancellationToken) => ReadAsync(
        $"read log after {revision}",
        s => s.Head is { } head ? new StoreLog(head, [.. s.Log.Where(e => e.Revision > revision).Select(e => e.Entry)]) : null);

    public Task<CommitOutcome> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<CommitOutcome>(cancellationToken);
        }

        Sending(commit);
        var call = new CommitCall(commit, server);
        Send(call);
        return call.Task;
    }

    public Task AnnounceAsync(string replicaId, ReadOnlyMemory<byte> announcement, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ReadAsync("announce", _ => server.Announce(replicaId, announcement, lifetime));

    public Task WithdrawAsync(string replicaId, CancellationToken cancellationToken) => ReadAsync("withdraw", _ => server.Withdraw(replicaId));

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAnnouncementsAsync(CancellationToken cancellationToken) =>
        ReadAsync("read announcements", _ => (LastReads = (server.Announcements(), LastReads.One)).One);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> ReadAsync<T>(string what, Func<ServerState, T> read)
    {
        var call = new ReadCall<T>(what, () => server.Read(read));
        Send(call);
        return call.Task;
    }

    private void Send(StoreCall call)
    {
        if (send is null)
        {
            call.Execute();
            call.Answer();
        }
        else
        {
            send(call);
        }
    }
}
