using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Sync;

/// <summary>Three replicas over one store that fails in every way, step by step, decided by a seed; after each step what must hold is checked.</summary>
internal sealed class FaultyFleet : IAsyncDisposable
{
    private readonly Random _random;
    private readonly FakeTimeProvider _time = new();
    private readonly FakeRegistryStore _store;
    private readonly List<TestReplica> _replicas = [];
    private readonly Dictionary<string, RegistryHead?> _seen = [];
    private readonly Dictionary<string, (string? Parent, string Content)> _states = [];
    private readonly List<string> _trace = [];
    private int _commits;
    private int _writes;

    public FaultyFleet(int seed)
    {
        _random = new Random(seed);
        _store = new FakeRegistryStore(_time) { OnApplied = RecordAsync };
        for (var i = 0; i < 3; i++)
        {
            _replicas.Add(new TestReplica(_store, _time, new RegistryOptions(), chance: (seed * 10) + i));
        }
    }

    public string Trace => string.Join('\n', _trace);

    public async Task StepAsync()
    {
        var replica = _replicas[_random.Next(_replicas.Count)];
        var index = _replicas.IndexOf(replica);
        switch (_random.Next(20))
        {
            case 0:
                Say("store wiped");
                _store.Wipe();
                _commits = 0;
                break;
            case 1 when _commits > 1:
                _commits = _random.Next(1, _commits);
                Say($"failover to the first {_commits} commits");
                await _store.FallBackToAsync(_commits);
                break;
            case 2:
                _store.Down = !_store.Down;
                Say($"store down: {_store.Down}");
                break;
            case 3 or 4:
                Say($"replica {index} writes and its answer is lost");
                _store.OnCommit = async commit => await _store.ApplyAsync(commit) is CommitOutcome.Lost ? CommitOutcome.Lost : CommitOutcome.Unknown;
                await WriteAsync(replica);
                _store.OnCommit = _ => Task.FromResult<CommitOutcome?>(null);
                break;
            case < 10:
                Say($"replica {index} writes");
                await WriteAsync(replica);
                break;
            case < 13:
                Say("time passes");
                _time.Advance(TimeSpan.FromSeconds(_random.Next(1, 12)));
                break;
            default:
                Say($"replica {index} refreshes");
                await replica.RefreshAsync();
                break;
        }

        Check();
    }

    /// <summary>Faults stop; operators accept the store's history wherever a replica says that it holds another.</summary>
    public async Task SettleAsync()
    {
        _store.Down = false;
        for (var i = 0; i < 30; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            foreach (var replica in _replicas)
            {
                await replica.RefreshAsync();
                Check();
            }
        }

        foreach (var replica in _replicas.Where(r => r.Registry.Status.State == RegistryState.Diverged))
        {
            await replica.Registry.AcceptAsync(dryRun: false, TestContext.Current.CancellationToken);
        }

        Assert.Equal(_replicas[0].Current.Head, await _store.ReadHeadAsync(TestContext.Current.CancellationToken));
        Assert.All(_replicas, r => Assert.Equal((RegistryState.Live, _replicas[0].Current.Head), (r.Registry.Status.State, r.Current.Head)));
    }

    public async ValueTask DisposeAsync()
    {
        _replicas.ForEach(r => r.Dispose());
        await _store.DisposeAsync();
    }

    private static string Content(IEnumerable<(string Id, EntityTag Tag)> entities) =>
        string.Join(' ', entities.OrderBy(e => e.Id, StringComparer.Ordinal).Select(e => $"{e.Id}={e.Tag}"));

    private async Task WriteAsync(TestReplica replica)
    {
        var result = await replica.PutAsync($"p{_random.Next(4)}", Sample.Provider with { MaxConcurrency = ++_writes });
        Say($"  -> {result.Failure?.Code ?? result.Head!.ToString()}");
        if (result.Head is { } head)
        {
            Assert.Equal(head, replica.Current.Head);
            Assert.True(_states.ContainsKey(head.Stamp), "an acknowledged write that the store never applied");
        }
    }

    private async Task RecordAsync(StoreCommit commit)
    {
        _commits++;
        var image = await _store.PeekAsync();
        var entities = image!.Entities.Select(e => (e.Id, EntityCodec.DecodeProvider(e.Json!.Value).Tag));
        _states[commit.Next.Stamp] = (LogCodec.TryDecode(commit.LogEntry)!.Previous, Content(entities));
    }

    private void Check()
    {
        foreach (var replica in _replicas)
        {
            var snapshot = replica.Current;
            var before = _seen.GetValueOrDefault(replica.Registry.Status.ReplicaId);
            _seen[replica.Registry.Status.ReplicaId] = snapshot.Head;
            if (snapshot.Head is not { } head)
            {
                Assert.Null(before);
                continue;
            }

            Assert.Equal(_states[head.Stamp].Content, Content(snapshot.Providers.Values.Select(p => (p.Id, p.Tag))));
            Assert.True(before is null || Descends(head.Stamp, before.Stamp), $"replica {replica.Registry.Status.ReplicaId} went from {before} to {head}, another history");
        }
    }

    private bool Descends(string stamp, string from)
    {
        for (var at = stamp; at is not null; at = _states[at].Parent)
        {
            if (at == from)
            {
                return true;
            }
        }

        return false;
    }

    private void Say(string what) => _trace.Add(what);
}
