using System.Text;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Tests.Registry.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>The store, the vendor, and the client who creates batches and looks at what becomes of them.</summary>
internal sealed class BatchWorld
{
    private static readonly string[] Kinds = ["good", "good", "good", "good", "bad", "flaky", "limited", "slow"];

    private readonly FileCatalogue _files;
    private readonly BatchCatalogue _batches;
    private readonly Dictionary<string, string> _firstAnswers = new(StringComparer.Ordinal);

    public BatchWorld(Random random, SimulatedClock clock, Action<string> say)
    {
        Random = random;
        Time = new SimulatedTime(clock);
        Server = new InMemoryBatchStore(Time);
        Files = new InMemoryFileStore(long.MaxValue, Time);
        Network = new BatchNetwork(random, () => clock.Now, say);
        Vendor = new Vendor(random);
        Options = new BatchOptions { ChunkLines = random.Next(1, 9), Concurrency = random.Next(1, 12), Window = TimeSpan.FromMinutes(random.Next(4) == 0 ? random.Next(1, 4) : 600) };
        var chance = new Chance(new Random(random.Next()));
        _files = new FileCatalogue(Server, Files, Microsoft.Extensions.Options.Options.Create(FileOptions), Time, chance);
        _batches = new BatchCatalogue(Server, _files, Microsoft.Extensions.Options.Options.Create(Options), Time, chance);
    }

    public Random Random { get; }

    public SimulatedTime Time { get; }

    public InMemoryBatchStore Server { get; }

    public InMemoryFileStore Files { get; }

    public BatchNetwork Network { get; }

    public Vendor Vendor { get; }

    public BatchOptions Options { get; }

    public FileStoreOptions FileOptions { get; } = new() { Lifetime = TimeSpan.FromDays(1000) };

    public List<ExpectedBatch> Batches { get; } = [];

    /// <summary>An answer has come to the store, the first or not.</summary>
    public void Answered(string batch, int line, ReadOnlyMemory<byte> record)
    {
        var text = Encoding.UTF8.GetString(LineRecord.LineOf(record).Span).TrimEnd('\n');
        if (!_firstAnswers.TryAdd($"{batch}/{line}", text) && _firstAnswers[$"{batch}/{line}"] != text)
        {
            RivalAnswers++;
        }
    }

    /// <summary>How many answers came for lines that had another one.</summary>
    public int RivalAnswers { get; private set; }

    /// <summary>The answer that came to the store before all others of that line; null where none did.</summary>
    public string? FirstAnswer(ExpectedBatch batch, int line) => _firstAnswers.GetValueOrDefault($"{batch.Id}/{line}");

    public bool HasAnswer(string key) => Batches.Any(b => b.Keys.IndexOf(key) is >= 0 and var line && FirstAnswer(b, line) is not null);

    public ExpectedBatch Create(bool isGood, bool hasPoison)
    {
        var number = Batches.Count;
        var count = Random.Next(10) == 0 ? 1 : Random.Next(1, 40);
        var keys = Enumerable.Range(0, count).Select(line => $"b{number}-{line}").ToList();
        var poison = hasPoison ? Random.Next(count) : -1;
        var kinds = keys.Select((_, line) => line == poison ? "poison" : Kinds[Random.Next(Kinds.Length)]).ToList();
        var input = new StringBuilder();
        for (var line = 0; line < count; line++)
        {
            var url = isGood || line > 0 ? "/v1/chat/completions" : "/v1/other";
            input.Append($$$"""{"custom_id":"{{{keys[line]}}}","method":"POST","url":"{{{url}}}","body":{"model":"m{{{Random.Next(2)}}}","key":"{{{keys[line]}}}","kind":"{{{kinds[line]}}}"}}""").Append('\n');
        }

        var file = Now(UploadAsync(Encoding.UTF8.GetBytes(input.ToString())));
        var creation = Now(_batches.CreateAsync(new BatchRequest(file.Id, "/v1/chat/completions", "24h", null, null), CancellationToken.None));
        var batch = new ExpectedBatch(creation.Batch!.Record.Id, file.Id, keys, kinds, isGood);
        Batches.Add(batch);
        return batch;
    }

    public void Cancel(ExpectedBatch batch) => Now(_batches.CancelAsync(batch.Id, CancellationToken.None));

    public void DeleteInput(ExpectedBatch batch) => Now(_files.DeleteAsync(batch.InputFile, CancellationToken.None));

    /// <summary>Deletes the results, where there are any yet: from then on nobody may find them.</summary>
    public void DeleteResults(ExpectedBatch batch)
    {
        var ended = Look(batch).State.Ended;
        foreach (var file in new[] { ended?.OutputFile, ended?.ErrorFile }.OfType<string>())
        {
            if (Now(_files.DeleteAsync(file, CancellationToken.None)) is FileDeletion.Deleted)
            {
                batch.Deleted.Add(file);
            }
        }
    }

    public bool IsListed(string file) => Now(_files.FindAsync(file, CancellationToken.None)) is not null;

    public BatchProgress Look(ExpectedBatch batch) => Now(_batches.FindAsync(batch.Id, CancellationToken.None))!;

    public string[] Lines(string? file)
    {
        if (file is null)
        {
            return [];
        }

        SimulationViolationException.Unless(IsListed(file), $"{file} is not in the catalogue");
        using var stream = Now(_files.OpenAsync(file, CancellationToken.None))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Sweep() => Now(SweepAsync());

    public bool IsAllClosed => Now(Server.ListOpenAsync(CancellationToken.None)).Count == 0;

    // The client's own calls are not what is tested: they are done at once.
    private static T Now<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("That was to be done at once.");

    private async Task<bool> SweepAsync()
    {
        await new BatchSweeper(Server, Files, _files, Time, NullLogger<BatchSweeper>.Instance).SweepAsync(CancellationToken.None);
        return true;
    }

    private async Task<FileRecord> UploadAsync(byte[] bytes)
    {
        await using var upload = (await _files.BeginAsync(CancellationToken.None))!;
        await upload.WriteAsync(bytes, CancellationToken.None);
        return await _files.FinishAsync(upload, "input.jsonl", FilePurposes.Batch, null, CancellationToken.None);
    }
}

/// <summary>A batch that was created, and what is in it.</summary>
internal sealed record ExpectedBatch(string Id, string InputFile, List<string> Keys, List<string> Kinds, bool IsGood)
{
    public BatchStatus Status { get; set; }

    /// <summary>The results that were deleted.</summary>
    public List<string> Deleted { get; } = [];

    public int Completed { get; set; }

    public int Failed { get; set; }
}
