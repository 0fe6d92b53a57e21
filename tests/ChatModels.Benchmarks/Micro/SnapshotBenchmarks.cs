using BenchmarkDotNet.Attributes;
using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;

namespace ChatModels.Benchmarks.Micro;

public class SnapshotBenchmarks
{
    private readonly ProviderOptions _options = new() { Id = "benchmark", Endpoint = new Uri("https://models.example/v1") };
    private readonly ProviderServices _services = new(TimeProvider.System);
    private SnapshotBuilder _builder = null!;
    private StoreImage _image = null!;
    private RegistrySnapshot _snapshot = null!;
    private RegistryHead _next = null!;
    private byte[] _change = [];

    [Params(10_000)]
    public int Models { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _builder = LoadedRegistry.NewBuilder();
        _image = Corpus.Image(Models);
        _snapshot = _builder.Build(_image, RegistrySnapshot.NotLoaded).Snapshot!;
        _next = Corpus.Head with { Revision = Corpus.Head.Revision + 1, Stamp = "second" };
        _change = Corpus.Change(_next, Corpus.Head, Models / 2, 1_000);
    }

    [Benchmark]
    public async Task CreateAProvider()
    {
        var provider = await ChatProviderTypes.Global.CreateAsync("openai", _options, _services, CancellationToken.None);
        await provider.DisposeAsync();
    }

    [Benchmark]
    public object ApplyOneChange() => _builder.Apply(_snapshot, _next, LogReplay.Fold([LogCodec.TryDecode(_change)])!).Snapshot!;

    /// <summary>Each provider serves a tenth of the models, and every one of them is rebuilt.</summary>
    [Benchmark]
    public object ApplyOneProviderChange()
    {
        var (id, entry) = _snapshot.ProviderTable.First();
        var delta = new SnapshotDelta();
        delta.Providers[id] = new(new EntityTag(_next.Revision, _next.Stamp), entry.Config with { MaxConcurrency = 7 });
        return _builder.Apply(_snapshot, _next, delta).Snapshot!;
    }

    [Benchmark]
    public object BuildAll() => _builder.Build(_image, RegistrySnapshot.NotLoaded).Snapshot!;
}
