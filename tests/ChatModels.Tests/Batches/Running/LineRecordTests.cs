using System.Text;
using System.Text.Json;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

public sealed class LineRecordTests
{
    private static readonly byte[] CustomId = "\"a\\\"b\""u8.ToArray();

    [Fact]
    public void AnAnswer_IsOneLine_HoweverItWasPrinted()
    {
        var record = LineRecord.Of("batch_1", 7, CustomId, new LineAnswer(200, "{\r\n  \"text\": \"a\\nb\"\n}"u8.ToArray()));

        var text = Encoding.UTF8.GetString(LineRecord.LineOf(record).Span);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        var line = JsonElement.Parse(text);
        Assert.True(LineRecord.IsGood(record));
        Assert.Equal(("a\"b", 200, "a\nb"), (line.GetProperty("custom_id").GetString(), line.GetProperty("response").GetProperty("status_code").GetInt32(), line.GetProperty("response").GetProperty("body").GetProperty("text").GetString()));
        Assert.Equal(JsonValueKind.Null, line.GetProperty("error").ValueKind);
        Assert.StartsWith("batch_req_", line.GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", "^4bf92f3577b34da6a3ce929d0e0e4736$")]
    [InlineData(null, "^req_[0-9a-f]{32}$")]
    public void AnAnswersRequestId_IsItsTraces_WhereThereIsATrace(string? trace, string id)
    {
        var record = LineRecord.Of("batch_1", 7, CustomId, new LineAnswer(500, "{}"u8.ToArray()) { TraceId = trace });

        Assert.Matches(id, JsonElement.Parse(LineRecord.LineOf(record).Span).GetProperty("response").GetProperty("request_id").GetString());
    }

    [Fact]
    public void AFailure_IsForTheErrorFile_WithTheProvidersWords()
    {
        var record = LineRecord.Of("batch_1", 7, CustomId, new LineAnswer(400, "{\"error\":{}}"u8.ToArray()));

        Assert.False(LineRecord.IsGood(record));
        Assert.Equal(400, JsonElement.Parse(LineRecord.LineOf(record).Span).GetProperty("response").GetProperty("status_code").GetInt32());
    }

    [Fact]
    public void ALineThatWasNotRun_SaysWhy()
    {
        var record = LineRecord.Of("batch_1", 7, CustomId, "batch_expired", "It \"expired\".");

        var line = JsonElement.Parse(LineRecord.LineOf(record).Span);
        Assert.Equal(("batch_expired", "It \"expired\"."), (line.GetProperty("error").GetProperty("code").GetString(), line.GetProperty("error").GetProperty("message").GetString()));
        Assert.Equal((JsonValueKind.Null, false), (line.GetProperty("response").ValueKind, LineRecord.IsGood(record)));
    }

    [Fact]
    public void WhoeverWritesARecord_WritesTheSameIds()
    {
        Assert.Equal(
            LineRecord.Of("batch_1", 7, CustomId, "c", "m").ToArray(),
            LineRecord.Of("batch_1", 7, CustomId, "c", "m").ToArray());
        Assert.NotEqual(LineRecord.Of("batch_1", 7, CustomId, "c", "m").ToArray(), LineRecord.Of("batch_1", 8, CustomId, "c", "m").ToArray());
    }

    [Theory]
    [InlineData("0:", 0)]
    [InlineData("0:other", 1)]
    [InlineData("2:other", 3)]
    [InlineData("2:", 2)]
    [InlineData("1:mine", 1)]
    public void LossesAreCounted_OnlyWhereAnotherStillStandsAsTryingIt(string mark, int lost) => Assert.Equal(lost, LineMark.LostBefore(mark, "mine"));
}
