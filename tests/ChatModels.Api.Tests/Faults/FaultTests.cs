using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Api.Tests.Faults;

/// <summary>Each fault of the table, over real connections on both sides, and the table itself.</summary>
public sealed class FaultTests(FaultApi fixture) : IClassFixture<FaultApi>
{
    private static readonly string[] ErrorKeys = ["message", "type", "param", "code"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. FaultTable.All.Select(fault => fault.What)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AFault_IsSeenAsTheTableSays(string what)
    {
        var fault = FaultTable.All.Single(fault => fault.What == what);
        await using var chat = await ChatFixture.StartAsync(fixture.Api, fault.Behaviour, timeout: "00:00:01");

        if (fault.Whole is not null)
        {
            Assert.Equal(fault.Whole, await SeeAsync(chat, fault.Whole, stream: false));
        }

        if (fault.Stream is not null)
        {
            Assert.Equal(fault.Stream, await SeeAsync(chat, fault.Stream, stream: true));
        }

        Assert.DoesNotContain(fixture.Api.Logs.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public void TheReadmesTable_IsThisOne()
    {
        var readme = Repository.Read("README.md");

        Assert.True(readme.Contains(FaultTable.Markdown, StringComparison.Ordinal), $"Put this into README.md, in the place of the table of faults:\n{FaultTable.Markdown}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AClientThatGoesAway_IsToldToTheUpstreamWithin50Milliseconds(bool stream)
    {
        var hang = UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = StreamEnd.Hang });
        await using var chat = await ChatFixture.StartAsync(fixture.Api, stream ? hang : UpstreamReply.HangBeforeHeaders(), timeout: "00:01:00");
        List<double> took = [];
        for (var attempt = 0; attempt < 10 && !took.Any(time => time <= 50); attempt++)
        {
            took.Add(await CancelAsync(chat, stream));
        }

        // The best of ten: the promise is the Api's, not that of a machine that does something else meanwhile.
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", took.Select(time => $"{time:0.0} ms")));
        Assert.InRange(took.Min(), 0, 50);
    }

    private static async Task<double> CancelAsync(ChatFixture chat, bool stream)
    {
        using var caller = new CancellationTokenSource();
        using var message = chat.Message(stream);
        var asking = chat.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, caller.Token);
        var request = await chat.Upstream.NextRequestAsync(Cancelled);
        using var response = stream ? await asking : null;
        if (response is not null)
        {
            // Leaving an answer that nobody reads would have this client drain it first; leaving a read closes the connection.
            var body = await response.Content.ReadAsStreamAsync(Cancelled);
            Assert.NotEqual(0, await body.ReadAsync(new byte[4_096], Cancelled));
            asking = ReadOnAsync(body, caller.Token);
        }

        var left = Stopwatch.GetTimestamp();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.CancelledAsync(Cancelled);
        return Stopwatch.GetElapsedTime(left, request.CancelledAt).TotalMilliseconds;
    }

    private static async Task<HttpResponseMessage> ReadOnAsync(Stream body, CancellationToken cancellationToken)
    {
        while (await body.ReadAsync(new byte[4_096], cancellationToken) > 0)
        {
        }

        throw new InvalidOperationException("The stream ended instead of hanging.");
    }

    private static async Task<Seen> SeeAsync(ChatFixture chat, Seen expected, bool stream)
    {
        using var message = chat.Message(stream);
        using var response = await chat.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        if (expected == Seen.Cut && response.IsSuccessStatusCode)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Cancelled));
            return Seen.Cut;
        }

        var body = await response.Content.ReadAsStringAsync(Cancelled);
        var wait = response.Header("retry-after") is { Length: > 0 } header ? header : null;
        return (int)response.StatusCode != 200 ? SeenError(response, body, expected, wait) : stream ? SeenStream(body) : SeenWhole(body);
    }

    private static Seen SeenError(HttpResponseMessage response, string body, Seen expected, string? wait)
    {
        var error = JsonElement.Parse(body).GetProperty("error");
        Assert.Equal(ErrorKeys, error.EnumerateObject().Select(key => key.Name));
        var passed = expected == Seen.Passed(expected.Status);
        Assert.Equal(passed, error.GetProperty("message").GetString() == $"The upstream answers {(int)response.StatusCode}.");
        return new Seen((int)response.StatusCode, passed ? expected.Code : error.GetProperty("code").GetString(), null, wait);
    }

    private static Seen SeenWhole(string body) => Seen.Answer(JsonElement.Parse(body).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);

    private static Seen SeenStream(string body)
    {
        var frames = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var content = new StringBuilder();
        foreach (var frame in frames[..^1])
        {
            foreach (var choice in JsonElement.Parse(frame["data: ".Length..]).GetProperty("choices").EnumerateArray())
            {
                content.Append(choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : "");
            }
        }

        return frames[^1] == "data: [DONE]"
            ? Seen.Answer(content.ToString())
            : Seen.Broken(JsonElement.Parse(frames[^1]["data: ".Length..]).GetProperty("error").GetProperty("code").GetString()!, content.ToString());
    }
}
