using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>Three replicas on a store that is about to be harmed; each is chatted with and written to all the time.</summary>
internal sealed class FleetUnderLoad : IAsyncDisposable
{
    private const int Size = 3;
    private const int WritesAtStart = 10;
    private static readonly TimeSpan WriteDeadline = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _stopWrites = new();
    private readonly CancellationTokenSource _stopChats = new();
    private readonly List<ApiReplica> _replicas = [];
    private Task _writing = Task.CompletedTask;
    private Task _chatting = Task.CompletedTask;

    private FleetUnderLoad(HarmedStore store) => Store = store;

    public HarmedStore Store { get; }

    public string Registry { get; } = SharedStores.UniqueName();

    public IReadOnlyList<ApiReplica> Replicas => _replicas;

    public IReadOnlyList<WriteLoad> Writers { get; private set; } = [];

    public IReadOnlyList<ChatLoad> Chatters { get; private set; } = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A fleet whose every replica has acknowledged some writes.</summary>
    public static async Task<FleetUnderLoad> StartAsync(StoreKind kind)
    {
        var fleet = new FleetUnderLoad(await HarmedStore.StartAsync(kind, Cancelled));
        try
        {
            await fleet.StartReplicasAsync();
            await fleet.UntilWritesAreAcknowledgedAsync(WritesAtStart);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until each replica has acknowledged so many more writes.</summary>
    public Task UntilWritesAreAcknowledgedAsync(int more) => UntilEachAsync(writer => writer.Acknowledged, more, "acknowledged writes");

    /// <summary>Until each replica has told so many more writers that it could not write.</summary>
    public Task UntilWritesAreRefusedAsync(int more) => UntilEachAsync(writer => writer.NotAcknowledged, more, "refused writes");

    /// <summary>Ends the writers, so that there is something to converge to; the chats go on.</summary>
    public async Task StopWritingAsync()
    {
        await _stopWrites.CancelAsync();
        await WaitUntil.SignalAsync(_writing, "the end of the writers", cancellationToken: Cancelled);
    }

    /// <summary>Polls what the replicas say until it is as wanted.</summary>
    public async Task<ReplicaStanding[]> UntilAsync(Func<ReplicaStanding[], bool> wanted, string awaited)
    {
        ReplicaStanding[] seen = [];
        try
        {
            await WaitUntil.TrueAsync(async token =>
            {
                seen = await StandingsAsync(token);
                return wanted(seen);
            }, awaited, Patience, Cancelled);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} They said:\n{string.Join('\n', seen.Select(s => s.ToString()))}", exception);
        }

        return seen;
    }

    public Task<ReplicaStanding[]> StandingsAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_replicas.Select(replica => replica.StandingAsync(cancellationToken)));

    /// <summary>Ends the load and every process in good order; then what holds whatever was done to the store is asserted.</summary>
    public async Task EndAsync()
    {
        await StopWritingAsync();
        await _stopChats.CancelAsync();
        await WaitUntil.SignalAsync(_chatting, "the end of the chats", cancellationToken: Cancelled);
        TestContext.Current.TestOutputHelper?.WriteLine(Summary());

        Assert.All(Chatters, chatter => Assert.Empty(chatter.Failures));
        Assert.All(Chatters, chatter => Assert.NotEqual(0, chatter.Answered));
        Assert.All(Writers, writer => Assert.Empty(writer.Failures));

        // No write takes longer, whatever the store does. What a busy machine adds shows in the chats, which need no store: a write waits for its turn
        // once as they do, and once more when the store has answered.
        var added = 2 * Chatters.Max(chatter => chatter.Slowest);
        Assert.All(Writers, writer => Assert.InRange(writer.Slowest, TimeSpan.Zero, WriteDeadline + added));
        Assert.All(Writers, writer => Assert.InRange(writer.Median, TimeSpan.Zero, WriteDeadline));

        Assert.All(_replicas, replica => Assert.False(replica.Process.HasExited));
        Assert.All(await Task.WhenAll(_replicas.Select(replica => replica.StopAsync(Cancelled))), code => Assert.Equal(0, code));
        Assert.All(_replicas, replica => Assert.Empty(replica.Process.AliveIds));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopWrites.CancelAsync();
        await _stopChats.CancelAsync();
        await Task.WhenAll(_writing, _chatting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        await Store.DisposeAsync();
        _stopWrites.Dispose();
        _stopChats.Dispose();
    }

    private async Task StartReplicasAsync()
    {
        _replicas.AddRange(await Task.WhenAll(Enumerable.Range(0, Size).Select(_ => ApiReplica.StartAsync(Store.ConnectionString, Registry, Cancelled))));
        Chatters = [.. _replicas.Select(replica => new ChatLoad(replica))];
        Writers = [.. _replicas.Select((replica, index) => new WriteLoad(replica, $"writer{index}"))];
        _chatting = Task.WhenAll(Chatters.Select(chatter => chatter.RunAsync(_stopChats.Token)));
        _writing = Task.WhenAll(Writers.Select(writer => writer.RunAsync(_stopWrites.Token)));
    }

    private async Task UntilEachAsync(Func<WriteLoad, int> count, int more, string awaited)
    {
        var goals = Writers.Select(writer => count(writer) + more).ToArray();
        try
        {
            await WaitUntil.TrueAsync(
                () => _writing.IsCompleted || Writers.Select(count).Zip(goals).All(pair => pair.First >= pair.Second), $"{more} {awaited} on each replica", Patience, Cancelled);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} {await Store.StandingAsync()}\n{Summary()}", exception);
        }
    }

    private string Summary() => string.Join('\n', Writers.Select((writer, index) =>
        $"replica {index}: {string.Join(", ", writer.Answers.OrderBy(a => a.Key).Select(a => $"{a.Value} {a.Key}"))}; slowest write {writer.Slowest.TotalMilliseconds:0} ms; "
        + $"{Chatters[index].Answered} chats, slowest {Chatters[index].Slowest.TotalMilliseconds:0} ms, {Chatters[index].Failures.Count} failed"));
}
