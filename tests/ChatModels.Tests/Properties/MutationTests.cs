using System.Text;
using Xunit;

namespace ChatModels.Tests.Properties;

/// <summary>Whatever a client or an upstream sends: never an exception, never a 500, never an error in our log, and always an answer that a client can read.</summary>
public sealed class MutationTests
{
    private const int Inputs = 100_000;

    private static readonly int[] Statuses = [201, 302, 400, 401, 404, 413, 422, 429, 500, 529];

    [Fact]
    public async Task WhateverAClientSends_GetsAnAnswer()
    {
        await using var host = await PropertyHost.StartAsync();
        await RunAsync(Corpus.Read("requests"), (bytes, _) => host.TryAsync(bytes));
        host.HasLoggedNoError();
    }

    [Fact]
    public async Task WhateverAnUpstreamAnswers_BecomesAnAnswer()
    {
        await using var host = await PropertyHost.StartAsync();
        await RunAsync(Corpus.Read("answers"), (bytes, random) =>
        {
            host.Answer.Whole = bytes;
            host.Answer.Pieces = random;
            host.Answer.Status = random.Next(4) == 0 ? Statuses[random.Next(Statuses.Length)] : 200;
            host.Answer.Length = random.Next(3) == 0 ? random.Next(2_000) : null;
            return host.TryAsync("""{"model":"m","messages":[]}"""u8.ToArray());
        });
        host.HasLoggedNoError();
    }

    [Fact]
    public async Task WhateverAnUpstreamStreams_BecomesAStreamThatEndsWell_OrSaysWhyNot()
    {
        await using var host = await PropertyHost.StartAsync();
        await RunAsync(Corpus.Read("streams"), (bytes, random) =>
        {
            host.Answer.Stream = bytes;
            host.Answer.Pieces = random;
            host.Answer.StreamType = random.Next(16) == 0 ? null : "text/event-stream";
            return host.TryAsync(random.Next(2) == 0
                ? """{"model":"m","messages":[],"stream":true}"""u8.ToArray()
                : """{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}"""u8.ToArray());
        });
        host.HasLoggedNoError();
    }

    private static async Task RunAsync(IReadOnlyList<byte[]> corpus, Func<byte[], Random, Task<string?>> tryOne)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"CHATMODELS_SEED={Corpus.Seed}, {corpus.Count} inputs in the corpus, {Inputs} made of them");
        var random = new Random(Corpus.Seed);
        var mutator = new Mutator(random, corpus);
        for (var number = 0; number < corpus.Count + Inputs; number++)
        {
            var bytes = number < corpus.Count ? corpus[number] : mutator.Next();
            if (await tryOne(bytes, random) is { } broken)
            {
                Assert.Fail($"{broken}\nInput {number} of seed {Corpus.Seed}, to be kept in the corpus (base64): {Convert.ToBase64String(bytes)}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }
    }
}
