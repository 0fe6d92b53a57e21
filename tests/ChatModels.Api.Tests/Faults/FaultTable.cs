using ChatModels.Testing;
using static ChatModels.Api.Tests.Faults.Seen;

namespace ChatModels.Api.Tests.Faults;

/// <summary>Everything that a single upstream can do wrong.</summary>
internal static class FaultTable
{
    public const int ManyChunks = 200_000;

    private const string NoFinish = """{"id":"1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"One"}}]}""";
    private const string NoUsage = """{"id":"1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"One"},"finish_reason":"stop"}]}""";

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("refuses the connection", null, Error(502, ErrorCodes.UpstreamUnreachable), Error(502, ErrorCodes.UpstreamUnreachable)),
        new("resets the connection before it answers", UpstreamReply.Abort(), Error(502, ErrorCodes.UpstreamTruncated), Error(502, ErrorCodes.UpstreamTruncated)),
        new("hangs before its headers", UpstreamReply.HangBeforeHeaders(), Error(504, ErrorCodes.UpstreamTimeout), Error(504, ErrorCodes.UpstreamTimeout)),
        new("hangs after its headers", UpstreamReply.Either(UpstreamReply.HangAfterHeaders(), UpstreamStreaming.HangAfterHeaders()),
            Error(504, ErrorCodes.UpstreamTimeout), Error(504, ErrorCodes.StreamIdleTimeout)),
        new("hangs after some content", Script(StreamEnd.Hang), null, Broken(ErrorCodes.StreamIdleTimeout, "One")),
        new("cuts the answer midway", UpstreamReply.Either(UpstreamReply.CutMidBody(), Script(StreamEnd.Cut)),
            Error(502, ErrorCodes.UpstreamTruncated), Broken(ErrorCodes.UpstreamTruncated, "One")),
        new("cuts an answer of more than 1 MiB midway", UpstreamReply.CutAfter(3 * 1024 * 1024, isLengthKnown: true), Cut, null),
        new("cuts in the middle of a frame", Script(StreamEnd.CutMidFrame), null, Broken(ErrorCodes.UpstreamTruncated, "One")),
        new("cuts before any content", UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = [], End = StreamEnd.Cut }), null, Error(502, ErrorCodes.UpstreamTruncated)),
        new("sends garbage", UpstreamReply.Either(UpstreamReply.Json("{\"choices\":["), UpstreamStreaming.Raw(["data: no json\n\n"u8.ToArray()])),
            Error(502, ErrorCodes.UpstreamInvalidResponse), Error(502, ErrorCodes.UpstreamInvalidResponse)),
        new("sends garbage after some content", UpstreamStreaming.GarbageAfter("One"), null, Broken(ErrorCodes.UpstreamInvalidResponse, "One")),
        new("sends an error object after some content", Script(StreamEnd.Error), null, Broken(ErrorCodes.UpstreamError, "One")),
        new("answers 200 with a web page", UpstreamReply.NonJsonError(200), Error(502, ErrorCodes.UpstreamInvalidResponse), Error(502, ErrorCodes.UpstreamInvalidResponse)),
        new("splits a character across two chunks", UpstreamReply.Either(UpstreamReply.Completion("Zoë 🙂"), UpstreamStreaming.SplitUtf8("Zoë 🙂")), Answer("Zoë 🙂"), Answer("Zoë 🙂")),
        new("omits the usage", UpstreamReply.Either(UpstreamReply.Json(NoUsage), Script(StreamEnd.NoDone)), Answer("One"), Answer("One")),
        new("omits the finish reason", UpstreamReply.Either(UpstreamReply.Json(NoFinish), Script(StreamEnd.Silence)), Answer("One"), Broken(ErrorCodes.UpstreamTruncated, "One")),
        new("omits `[DONE]`", Script(StreamEnd.NoDone), null, Answer("One")),
        new($"streams {ManyChunks:N0} chunks", UpstreamStreaming.Flood(ManyChunks), null, Answer(string.Concat(Enumerable.Repeat("word ", ManyChunks)))),
        Status(400, Passed(400)), Status(401, Error(502, ErrorCodes.UpstreamAuthentication)), Status(404, Error(502, ErrorCodes.UpstreamModelNotFound)),
        Status(408, Error(504, ErrorCodes.UpstreamTimeout)), Status(413, Passed(413)), Status(422, Passed(422)),
        new("answers 429 with `Retry-After: 3`", UpstreamReply.Error(429, retryAfterSeconds: 3),
            new(429, ErrorCodes.UpstreamRateLimited, null, "3"), new(429, ErrorCodes.UpstreamRateLimited, null, "3")),
        Status(500, Error(502, ErrorCodes.UpstreamError)), Status(503, Error(503, ErrorCodes.UpstreamError)), Status(529, Error(503, ErrorCodes.UpstreamError)),
        new("answers 502 with a web page", UpstreamReply.NonJsonError(), Error(502, ErrorCodes.UpstreamError), Error(502, ErrorCodes.UpstreamError)),
    ];

    public static string Markdown =>
        $"| what the only upstream does | whole answers | streams |\n|---|---|---|\n{string.Join('\n', All.Select(fault => fault.Row))}\n";

    private static Fault Status(int status, Seen seen) => new($"answers {status}", UpstreamReply.Error(status), seen, seen);

    private static UpstreamHandler Script(StreamEnd end) => UpstreamStreaming.Of(new UpstreamStreamScript { Chunks = ["One"], End = end });
}
