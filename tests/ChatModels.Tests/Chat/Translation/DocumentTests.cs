using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using ChatModels.Chat;
using ChatModels.Providers;
using Xunit;
using static ChatModels.Tests.Chat.Translation.ChatAsMessagesFixture;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>
/// Files and documents between the protocols. Anthropic's shapes after https://platform.claude.com/docs/en/build-with-claude/pdf-support, .../citations and .../search-results;
/// OpenAI's after https://platform.openai.com/docs/guides/pdf-files.
/// </summary>
public sealed class DocumentTests
{
    [Theory]
    [InlineData("""{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}""", """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"},"title":"a.pdf"}""")]
    [InlineData("""{"file_data":"data:text/plain;charset=utf-8;base64,Wm/Dqw=="}""", """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Zo\u00eb"}}""")]
    public void AFile_IsADocument(string file, string document)
    {
        var body = Saying($$$"""{"role":"user","content":[{"type":"text","text":"Read:"},{"type":"file","file":{{{file}}}}]}""");

        AcceptedByOfficialTypes(body);
        AssertJson(document, body["messages"]![0]!["content"]![1]);
    }

    [Fact]
    public void AFileInAToolsResult_IsADocumentInIt()
    {
        var body = Saying($$$"""{{{Hi}}},{"role":"assistant","tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"x","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]}""");

        AcceptedByOfficialTypes(body);
        AssertJson("""[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}}]""", body["messages"]![2]!["content"]![0]!["content"]);
    }

    [Theory]
    [InlineData("""{"file_id":"file-1"}""", "a file_id names a file that OpenAI keeps")]
    [InlineData("""{"file_data":"data:application/zip;base64,AAAA"}""", "takes no other kind of file")]
    [InlineData("""{"file_data":"data:text/plain;base64,/w=="}""", "takes no other kind of file")]
    [InlineData("""{"file_data":"data:text/plain;base64,?"}""", "takes no other kind of file")]
    [InlineData("""{"file_data":"AAAA"}""", "give file_data as data:application/pdf;base64,...")]
    [InlineData("""{}""", "give file_data as data:application/pdf;base64,...")]
    [InlineData("""7""", "give file_data as data:application/pdf;base64,...")]
    public void AFileThatCanNotBeSent_IsNamed(string file, string why)
    {
        var (_, failure) = Translations.Request(UpstreamOperation.ChatCompletions, UpstreamOperation.Messages,
            $$$"""{"model":"m","messages":[{{{Hi}}},{"role":"user","content":[{"type":"file","file":{{{file}}}}]}]}""", Provider("{\"dropUnsupported\":true}"));

        Assert.Equal((400, ErrorCodes.NotTranslatable, "messages[1].content[0]"), (failure!.Status, failure.Code, failure.Param));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DocumentsOfTheOfficialTypes_AreTextAndFiles()
    {
        var body = Translate(
            new DocumentBlockParam(new Base64PdfSource("AAAA")) { Title = "Report.pdf", Context = "Of last year." },
            new DocumentBlockParam(new Base64PdfSource("BBBB")),
            new DocumentBlockParam(new PlainTextSource("Plain.")) { Title = "Notes" },
            new DocumentBlockParam(new ContentBlockSource("Inner.")),
            new SearchResultBlockParam { Title = "Found", Source = "https://example.com", Content = [new TextBlockParam("One."), new TextBlockParam("Two.")] });

        AssertJson("""
            [{"role":"user","content":[
              {"type":"text","text":"Of last year."},{"type":"file","file":{"filename":"Report.pdf","file_data":"data:application/pdf;base64,AAAA"}},
              {"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,BBBB"}},
              {"type":"text","text":"Notes\nPlain."},{"type":"text","text":"Inner."},{"type":"text","text":"Found\nhttps://example.com\nOne.\nTwo."}]}]
            """, body["messages"]);
    }

    [Fact]
    public void DocumentsInAToolsResult_AreTextInIt_AndFilesBehindIt()
    {
        var (body, failure) = Request("""
            [{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":[
              {"type":"document","title":"Notes","source":{"type":"text","media_type":"text/plain","data":"Plain."}},
              {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}},
              {"type":"document","source":{"type":"content","content":[{"type":"text","text":"In."},{"type":"image","source":{"type":"url","url":"https://e.com/a.png"}}]}}]}]}]
            """);

        Assert.Null(failure);
        AssertJson("""
            [{"role":"tool","tool_call_id":"x","content":"Notes\nPlain.\nIn."},
             {"role":"user","content":[{"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,AAAA"}},{"type":"image_url","image_url":{"url":"https://e.com/a.png"}}]}]
            """, body!["messages"]);
    }

    [Theory]
    [InlineData("""{"type":"document","source":{"type":"url","url":"https://example.com/a.pdf"}}""", "messages[0].content[0]")]
    [InlineData("""{"type":"document","source":{"type":"file","file_id":"file_1"}}""", "messages[0].content[0]")]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/zip","data":"AAAA"}}""", "messages[0].content[0]")]
    [InlineData("""{"type":"document"}""", "messages[0].content[0]")]
    [InlineData("""{"type":"document","source":{"type":"content","content":[{"type":"hologram"}]}}""", "messages[0].content[0].source.content[0]")]
    [InlineData("""{"type":"document","source":{"type":"text","data":"x"},"citations":{"enabled":true}}""", "messages[0].content[0].citations")]
    [InlineData("""{"type":"search_result","title":"t","source":"s","content":[],"citations":{"enabled":true}}""", "messages[0].content[0].citations")]
    [InlineData("""{"type":"container_upload","file_id":"f"}""", "messages[0].content[0]")]
    public void ADocumentThatCanNotBeSent_IsNamed(string block, string param)
    {
        var (_, failure) = Request($$"""[{"role":"user","content":[{{block}}]}]""");

        Assert.Equal((400, ErrorCodes.NotTranslatable, param), (failure!.Status, failure.Code, failure.Param));
    }

    private static JsonNode Translate(params List<ContentBlockParam> blocks)
    {
        var request = new MessageCreateParams { Model = "m", MaxTokens = 9, Messages = [new UserMessageParam(blocks)] };
        var (body, failure) = Translations.Request(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, JsonSerializer.Serialize(request.RawBodyData));
        Assert.Null(failure);
        return body!;
    }

    private static (JsonNode? Body, ChatFailure? Failure) Request(string messages) =>
        Translations.Request(UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, $$"""{"model":"m","max_tokens":9,"messages":{{messages}}}""");
}
