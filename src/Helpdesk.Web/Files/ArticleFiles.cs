using Helpdesk.Knowledge.Articles;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Helpdesk.Web.Components.Desk.Articles;
using Helpdesk.Web.Components.Help.Requests;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace Helpdesk.Web.Files;

/// <summary>
/// Pictures and files of articles, by their number and through their article: whoever may not read it gets the same answer as for a number that
/// does not exist. Staff see those of drafts too.
/// </summary>
public static class ArticleFiles
{
    public static string PlaceOf(long id) => ArticleAttachment.Place + id.ToStringInvariant();

    public static string UploadPlace(long articleId) => $"/desk/articles/{articleId.ToStringInvariant()}/files";

    public static void MapArticleFiles(this IEndpointRouteBuilder app)
    {
        app.MapGet("/files/articles/{id:long}", SendAsync)
            .AllowAnonymous()
            .WithMetadata(new ContentPolicyAttribute(SecurityHeaders.SandboxPolicy))
            .ExcludeFromDescription();
        // the page that sends it is ours, which the browser says; the person is read anew
        app.MapPost("/desk/articles/{id:long}/files", TakeAsync)
            .RequireAuthorization(Policies.Desk)
            .WithMetadata(
                new RequireSameOriginAttribute(),
                new RequestSizeLimitAttribute(ArticleAttachment.MaxBytes + (64 * 1024))
            )
            .DisableAntiforgery()
            .ExcludeFromDescription();
    }

    /// <summary>What a text writes to show the file, or to offer it.</summary>
    public static string MarkdownOf(ArticleAttachment file)
    {
        var name = string.Concat(file.Name.Where(c => c is not ('[' or ']' or '\\')));
        return $"{(FileKinds.IsPicture(file.ContentType) ? "!" : "")}[{name}]({PlaceOf(file.Id)})";
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> SendAsync(
        long id,
        HttpContext context,
        HelpdeskDbContext db,
        CancellationToken cancellationToken
    )
    {
        var viewer = await Viewers.LoadAsync(db, context.User, cancellationToken);
        var articles =
            viewer is Viewer.Staff
                ? db.Set<Article>()
                : db.Set<Article>().ReadableBy(await ArticleAccess.ReaderOfAsync(db, viewer, cancellationToken));
        var found = await db.Set<ArticleAttachment>()
            .AsNoTracking()
            .Where(f => f.Id == id && articles.Any(a => a.Id == f.ArticleId))
            .Join(db.Blobs, f => f.BlobHash, b => b.Hash, (f, b) => new { File = f, Blob = b })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            return TypedResults.NotFound();
        var isPicture = FileKinds.IsPicture(found.File.ContentType);
        var disposition = new ContentDispositionHeaderValue(isPicture ? "inline" : "attachment");
        disposition.SetHttpFileName(found.File.Name);
        context.Response.Headers.ContentDisposition = disposition.ToString();
        return TypedResults.Bytes(found.Blob.Read(), isPicture ? found.File.ContentType : "application/octet-stream");
    }

    private sealed record Taken(string Markdown);

    private static async Task<IResult> TakeAsync(
        long id,
        IFormFile file,
        HttpContext context,
        HelpdeskDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (
            await Viewers.LoadAsync(db, context.User, cancellationToken) is not Viewer.Staff author
            || !await db.Set<Article>().AnyAsync(a => a.Id == id && a.State != ArticleState.Archived, cancellationToken)
        )
            return TypedResults.NotFound();
        var articles = await db.Set<Article>().AsNoTracking().Where(a => a.Id == id).ToListAsync(cancellationToken);
        // whoever may read the article may read its files at once
        if (await PublishingRules.NotReviewerAsync(db, author, articles, cancellationToken) is not null)
            return TypedResults.StatusCode(StatusCodes.Status403Forbidden);
        if (file.Length is 0 or > ArticleAttachment.MaxBytes)
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);
        var bytes = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(bytes, cancellationToken);
        var name = Text.Cut(SentFile.NameOf(file.FileName), ArticleAttachment.MaxNameLength);
        if (FileKinds.Find(bytes, name) is not { } type)
            return TypedResults.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var hash = await Blob.PutAsync(db, bytes, cancellationToken);
        var of = db.Set<ArticleAttachment>().Where(f => f.ArticleId == id);
        // the same bytes again are the same file
        var known = await of.FirstOrDefaultAsync(f => f.BlobHash == hash, cancellationToken);
        if (known is null && await of.CountAsync(cancellationToken) >= ArticleAttachment.MostOfAnArticle)
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (known is null)
        {
            known = new ArticleAttachment
            {
                ArticleId = id,
                BlobHash = hash,
                Name = name,
                ContentType = type,
                Size = bytes.Length,
                AddedAt = time.GetUtcNow(),
                AddedByName = author.Name,
            };
            db.Add(known);
            await db.SaveChangesAsync(cancellationToken);
        }
        return TypedResults.Ok(new Taken(MarkdownOf(known)));
    }
}
