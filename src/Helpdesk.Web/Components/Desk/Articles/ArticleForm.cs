using System.ComponentModel.DataAnnotations;
using Helpdesk.Knowledge.Articles;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>What an author types.</summary>
public sealed record ArticleForm
{
    /// <summary>
    /// Of the text while it is typed: all of it travels to the preview, and a circuit takes messages of 256 KB. Longer articles are read and
    /// kept; what is typed stays below.
    /// </summary>
    public const int MaxTypedLength = 60_000;

    [Required(ErrorMessage = "Art.Title.Missing"), StringLength(Article.MaxTitleLength)]
    public string? Title { get; set; }

    [Required(ErrorMessage = "Art.Slug.Missing"), Slug(ErrorMessage = "Art.Slug.Malformed")]
    public string? Slug { get; set; }

    [StringLength(Article.MaxSummaryLength)]
    public string? Summary { get; set; }

    [StringLength(Article.MaxBodyLength)]
    public string? Body { get; set; }

    public int? TopicId { get; set; }

    public ArticleVisibility Visibility { get; set; }

    /// <summary>Tiers it is for, where it is for chosen customers.</summary>
    public IReadOnlyList<int> TierIds { get; set; } = [];

    /// <summary>Names of the organizations it is for, one a line.</summary>
    [StringLength(8000)]
    public string? Organizations { get; set; }

    /// <summary>The author was told of open comments and publishes all the same.</summary>
    public bool DespiteComments { get; set; }

    /// <summary>ISO 639-1.</summary>
    [RegularExpression("^[a-z]{2}$", ErrorMessage = "Art.Language.Malformed")]
    public string? Language { get; set; } = "en";

    /// <summary>The article that it says in another language.</summary>
    public long? TranslationOfId { get; set; }

    /// <summary>It says what that article says now.</summary>
    public bool SaysCurrent { get; set; }

    public Guid? OwnerUserId { get; set; }

    /// <summary>When the owner looks at it again.</summary>
    public DateOnly? ReviewOn { get; set; }

    /// <summary>When it publishes itself, UTC.</summary>
    public DateTime? PublishAt { get; set; }

    /// <summary>What was changed, for colleagues.</summary>
    [StringLength(200)]
    public string? Reason { get; set; }
}

/// <summary>An article's name in addresses; empty is left to <see cref="RequiredAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SlugAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || Slugs.IsWellFormed(text);
}
