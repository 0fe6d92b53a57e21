using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatModels.Testing;
using OpenAI.Chat;
using Xunit;

namespace ChatModels.System.Tests;

/// <summary>What a newcomer does in the first minutes, in that order, against one system.</summary>
public class FirstStartTests
{
    private static readonly string[] Roles = ["api", "worker"];
    private static readonly object SecondModel = new { capabilities = new[] { "chat" }, deployments = new[] { new { provider = "second", model = "vendor-name" } } };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheReadmesCommand_StartsTheSystem_AndAnOpenAIClientChatsThroughIt()
    {
        await using var host = await AppHostProcess.StartAsync(Cancelled, "--no-dashboard");

        await TheFirstChatIsAnswered(host);
        await TheCurlLineWorks(host);
        await AStreamArrivesPieceByPiece(host);
        await AModelRegisteredAtRunTimeIsUsedAtOnce(host);
        await BothProcessesServeTheSameRevision(host);
    }

    private static async Task TheFirstChatIsAnswered(AppHostProcess host)
    {
        ChatCompletion answer = await host.Chat("sim-fast").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancelled);

        Assert.NotEmpty(answer.Content[0].Text);
        Assert.InRange(Stopwatch.GetElapsedTime(host.Started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    /// <summary>The line that the console prints at the end, taken apart as a shell would.</summary>
    private static async Task TheCurlLineWorks(AppHostProcess host)
    {
        var line = await host.Process.WaitForLineAsync("curl ", cancellationToken: Cancelled);
        var words = line[(line.IndexOf("curl ", StringComparison.Ordinal) + 5)..].Split('\'');
        using var body = new StringContent(words[3], Encoding.UTF8, "application/json");

        using var response = await host.Http.PostAsync(words[0].Split(' ')[0], body, Cancelled);

        Assert.Equal("content-type: application/json", words[1]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task AStreamArrivesPieceByPiece(AppHostProcess host)
    {
        var pieces = 0;
        var usage = 0;
        var first = TimeSpan.Zero;
        var started = Stopwatch.GetTimestamp();
        await foreach (var update in host.Chat("sim-slow").CompleteChatStreamingAsync([new UserChatMessage("one two three four five six seven eight")], cancellationToken: Cancelled))
        {
            pieces += update.ContentUpdate.Count;
            usage += update.Usage?.OutputTokenCount ?? 0;
            first = pieces == 1 ? Stopwatch.GetElapsedTime(started) : first;
        }

        Assert.InRange(pieces, 4, 100);
        Assert.InRange(usage, 4, 100);
        Assert.InRange(first, TimeSpan.FromMilliseconds(350), Stopwatch.GetElapsedTime(started) - TimeSpan.FromMilliseconds(50));
    }

    private static async Task AModelRegisteredAtRunTimeIsUsedAtOnce(AppHostProcess host)
    {
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Auto("From the second provider."), Cancelled);
        await host.PutAsync("/registry/providers/second", new { type = "openai", endpoint = upstream.Endpoint }, Cancelled);
        await host.PutAsync("/registry/models/team/second-model", SecondModel, Cancelled);

        ChatCompletion answer = await host.Chat("team/second-model").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancelled);

        Assert.Equal("From the second provider.", answer.Content[0].Text);
        Assert.Equal("vendor-name", upstream.Requests[0].Json.GetProperty("model").GetString());
    }

    private static async Task BothProcessesServeTheSameRevision(AppHostProcess host)
    {
        await WaitUntil.TrueAsync(async token =>
        {
            var replicas = await host.Http.GetFromJsonAsync<JsonElement>("/registry/replicas", token);
            var registry = await host.Http.GetFromJsonAsync<JsonElement>("/registry", token);
            var all = replicas.ValueKind == JsonValueKind.Array ? replicas : replicas.GetProperty("replicas");
            return all.EnumerateArray().Select(r => r.GetProperty("role").GetString()).Order().SequenceEqual(Roles)
                && all.EnumerateArray().All(r => r.GetProperty("revision").GetInt64() == registry.GetProperty("revision").GetInt64());
        }, "api and worker at the same revision", cancellationToken: Cancelled);
    }
}
