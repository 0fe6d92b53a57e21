using System.Text.Json;
using ChatModels.Providers;
using Microsoft.Extensions.Time.Testing;
using OpenAI.Chat;
using Xunit;
using static ChatModels.Tests.Providers.Simulator.SimulatorFixture;

namespace ChatModels.Tests.Providers.Simulator;

public sealed class SimulatorStreamTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_WithoutUsage_HasExactlyOpenAIsFrames()
    {
        await using var provider = await CreateAsync(time: new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600)));

        await using var reply = await provider.SendAsync(Saying("Hi you", ""","stream":true"""), Ct);
        var text = await ReadAsync(reply, Ct);

        var id = JsonElement.Parse(text[6..text.IndexOf('\n', StringComparison.Ordinal)]).GetProperty("id").GetString();
        string Frame(string delta, string finish) =>
            $$"""data: {"id":"{{id}}","object":"chat.completion.chunk","created":1767225600,"model":"m","choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finish}}}]}""" + "\n\n";
        Assert.Equal(
            Frame("""{"role":"assistant","content":"","refusal":null}""", "null") + Frame("""{"content":"Hi"}""", "null") + Frame("""{"content":" you"}""", "null")
            + Frame("{}", "\"stop\"") + "data: [DONE]\n\n",
            text);
        Assert.StartsWith("text/event-stream", reply.ContentType, StringComparison.Ordinal);
        Assert.Null(reply.ContentLength);
    }

    [Fact]
    public async Task Stream_UsageAskedFor_ComesInAChunkOfItsOwnAndIsNullInTheOthers()
    {
        await using var provider = await CreateAsync();

        var frames = await FramesAsync(provider, Saying("Hi you", ""","stream":true,"stream_options":{"include_usage":true}"""), Ct);

        Assert.Equal("[DONE]", frames[^1]);
        var usage = JsonElement.Parse(frames[^2]);
        Assert.Equal((0, 5, 2, 7), (usage.GetProperty("choices").GetArrayLength(), Tokens(usage, "prompt_tokens"), Tokens(usage, "completion_tokens"), Tokens(usage, "total_tokens")));
        Assert.All(frames[..^2], frame => Assert.Equal(JsonValueKind.Null, JsonElement.Parse(frame).GetProperty("usage").ValueKind));
    }

    [Fact]
    public async Task Stream_ReadWithTheOfficialTypes_GivesTextAndFinishReason()
    {
        await using var provider = await CreateAsync("""{"reply":"lorem"}""");

        var whole = Completion(await AskAsync(provider, Saying("Hi", ""","stream":false"""), Ct));
        var updates = (await FramesAsync(provider, Saying("Hi", ""","stream":true,"max_tokens":5"""), Ct))[..^1].ConvertAll(Update);

        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        Assert.Equal(5, updates.Count(update => update.ContentUpdate.Any(part => part.Text.Length > 0)));
        Assert.True(whole.Usage.OutputTokenCount > 20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4_096)]
    public async Task Stream_ReadInAnyPieces_GivesTheSameBytes(int size)
    {
        await using var provider = await CreateAsync("""{"reply":"lorem"}""", new FakeTimeProvider());
        var request = Saying("Hé 🙂", ""","stream":true,"n":2""");
        var expected = await AskAsync(provider, request, Ct);
        await using var reply = await provider.SendAsync(request, Ct);
        var bytes = new List<byte>();
        var buffer = new byte[size];
        int count;

        while ((count = await reply.Body.ReadAsync(buffer, Ct)) > 0)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
        }

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString([.. bytes]));
    }

    [Fact]
    public async Task Stream_Paced_SendsEachTokenWhenItIsDue()
    {
        var clock = new FakeTimeProvider();
        await using var provider = await CreateAsync("""{"timeToFirstToken":"00:00:00.400","tokensPerSecond":10}""", clock);
        await using var reply = await provider.SendAsync(Saying("one two three four", ""","stream":true"""), Ct);
        var buffer = new byte[8_192];

        var first = reply.Body.ReadAsync(buffer, Ct).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(first.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["", "one"], Contents(buffer, await first));

        var second = reply.Body.ReadAsync(buffer, Ct).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(second.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([" two"], Contents(buffer, await second));

        // A reader who was late gets everything that is due by then.
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([" three", " four", null], Contents(buffer, await reply.Body.ReadAsync(buffer, Ct)));
        Assert.Equal(0, await reply.Body.ReadAsync(buffer, Ct));
    }

    [Fact]
    public async Task Send_PacedWithoutStream_AnswersWhenTheLastTokenIsDue()
    {
        var clock = new FakeTimeProvider();
        await using var provider = await CreateAsync("""{"timeToFirstToken":"00:00:00.400","tokensPerSecond":10}""", clock);

        var sending = provider.SendAsync(Saying("one two three"), Ct).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(599));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(200, (await sending).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_WhileWaiting_StopsAtOnce(bool stream)
    {
        await using var provider = await CreateAsync("""{"timeToFirstToken":"00:05:00"}""", new FakeTimeProvider());
        using var stop = new CancellationTokenSource();
        var waiting = stream
            ? (await provider.SendAsync(Saying("Hi", ""","stream":true"""), stop.Token)).Body.ReadAsync(new byte[100], stop.Token).AsTask() as Task
            : provider.SendAsync(Saying("Hi"), stop.Token).AsTask();
        Assert.False(waiting.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Unpaced_StreamOrNot_MakesNoTimerAndAnswersWithinTheCall()
    {
        await using var provider = await CreateAsync(time: new TimerlessTime());

        var whole = provider.SendAsync(Saying("Hi"), Ct);
        var stream = provider.SendAsync(Saying("Hi", ""","stream":true"""), Ct);
        Assert.True(whole.IsCompletedSuccessfully && stream.IsCompletedSuccessfully);
        var read = (await stream).Body.ReadAsync(new byte[8_192], Ct);

        Assert.True(read.IsCompletedSuccessfully);
        Assert.EndsWith("[DONE]\n\n", await ReadAsync(await provider.SendAsync(Saying("Hi", ""","stream":true"""), Ct), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OfManyTokens_NeedsNoMoreMemoryThanOneOfFew()
    {
        await using var provider = await CreateAsync(time: new TimerlessTime());
        await using var reply = await provider.SendAsync(Saying(string.Concat(Enumerable.Repeat("word ", 50_000)), ""","stream":true"""), Ct);
        var buffer = new byte[16_384];
        var (read, frames) = ReadSome(reply.Body, buffer, 4);
        Assert.True(read > 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        (read, frames) = ReadSome(reply.Body, buffer, int.MaxValue);

        // Far less than a byte for each token; what code needs that runs for the first time is in it.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        Assert.True(frames > 5_000_000 / buffer.Length);
    }

    private static (long Bytes, int Reads) ReadSome(Stream stream, byte[] buffer, int most)
    {
        var (bytes, reads) = (0L, 0);
        for (var count = 1; count > 0 && reads < most; reads++)
        {
            var reading = stream.ReadAsync(buffer, CancellationToken.None);
            count = reading.IsCompletedSuccessfully ? reading.Result : throw new InvalidOperationException("It waited.");
            bytes += count;
        }

        return (bytes, reads);
    }

    private static int Tokens(JsonElement chunk, string name) => chunk.GetProperty("usage").GetProperty(name).GetInt32();

    private static List<string?> Contents(byte[] buffer, int count) =>
    [
        .. System.Text.Encoding.UTF8.GetString(buffer, 0, count).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(frame => frame != "data: [DONE]")
            .Select(frame => JsonElement.Parse(frame["data: ".Length..]).GetProperty("choices")[0].GetProperty("delta"))
            .Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : null),
    ];

    private sealed class TimerlessTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime == new ProviderMetadata { Name = "", Description = "" }.CreationTimeout
                ? base.CreateTimer(callback, state, dueTime, period)
                : throw new InvalidOperationException("A timer was made.");
    }
}
