//! The operations of both sides of the newer generation that are not shown elsewhere, and what they answer.

use cashlink_core::body::{BoundarySeed, FileName, MediaType};
use cashlink_core::bytes::Bytes;
use cashlink_core::partner::distributor::{self, Identification, RegistryStatement, Transfer};
use cashlink_core::partner::issuer::{self, InvestmentDetails, Issuer, Listing};
use cashlink_core::partner::{Figure, Product, ProductStatus, Wallet};
use cashlink_core::task::TaskStatus;

use crate::gallery::Gallery;
use crate::requests::{account, company, operation, person};
use crate::scene::{ENTROPY_CANARY, key};
use crate::search::{TOLD, told};

pub(crate) fn show_all(gallery: &mut Gallery) {
    distributor(gallery);
    issuer(gallery);
    answers(gallery);
}

fn id<R>() -> cashlink_core::Id<R> {
    "x-1".parse().unwrap()
}

fn distributor(gallery: &mut Gallery) {
    use distributor::*;

    let update = UpdateInvestor::natural_person(key(), id(), person())
        .bank_account(account())
        .tax_information(TaxInformation::new().tax_identification_number(told("tax")))
        .communication(Communication::new().email(told("email")))
        .extra(told("field"), told("value"));
    operation(gallery, &update, 20);
    operation(gallery, &UpdateInvestor::legal_person(key(), id(), company()), 8);

    let (kind, provider) = (DocumentType::from(&*told("kind")), IdentityProvider::from(&*told("provider")));
    show!(gallery, kind);
    show!(gallery, provider);
    let identify = AddIdentification::new(key(), id())
        .document_type(kind)
        .document_id(told("number"))
        .document_issuer(told("issuer"))
        .identity_provider(provider)
        .legitimation_process_id(told("process"))
        .extra(told("field"), told("value"));
    operation(gallery, &identify, 7);
    operation(gallery, &AddBenefitingPerson::new(key(), id()).extra(told("field"), told("value")), 2);
    operation(gallery, &LinkWallet::new(key(), id(), told("address")).extra(told("f"), told("v")), 3);
    operation(gallery, &CreateManagedWallet::new(key(), id()), 0);
    operation(gallery, &UpdateInvestment::new(key(), id()).extra(told("field"), told("value")), 2);
    operation(gallery, &ListRegistryStatements::new(id()), 0);
    let transfer = CreateTransfer::new(key(), id(), id(), told("address"), 40).extra(told("f"), told("v"));
    operation(gallery, &transfer, 3);
    operation(gallery, &GetTransfer::new(id()), 0);
    operation(gallery, &ListProducts::new(), 0);
}

fn issuer(gallery: &mut Gallery) {
    use issuer::*;

    let seed = BoundarySeed::new(ENTROPY_CANARY);
    let name = FileName::new(told("name")).unwrap();
    let upload = UploadDocument::new(key(), seed, name, MediaType::PDF, Bytes::from(told("payload")));
    operation(gallery, &upload, 2);
    let create = CreateIssuer::new(key(), company(), person(), account()).extra(told("field"), told("value"));
    operation(gallery, &create, 26);
    let update = UpdateIssuer::new(id()).legal_person(company()).extra(told("field"), told("value"));
    operation(gallery, &update, 10);
    operation(gallery, &GetIssuer::new(id()), 0);
    operation(gallery, &ListIssuers::new(), 0);

    let (kind, network) = (ProductType::from(&*told("kind")), Network::from(&*told("network")));
    show!(gallery, kind);
    show!(gallery, network);
    let terms = ProductTerms::new().product_type(kind).network(network);
    show!(gallery, terms);
    let price = ProductPrice::NominalValue(Figure::from(100));
    show!(gallery, price);
    operation(gallery, &CreateProduct::new(key(), id(), price, terms).extra(told("field"), told("value")), 4);
    let update = UpdateProduct::new(id(), ProductTerms::new()).extra(told("field"), told("value"));
    operation(gallery, &update, 2);
    operation(gallery, &GetProduct::new(id()), 0);
    operation(gallery, &ListProducts::new(), 0);
    operation(gallery, &ListDistributionPlatforms::new(), 0);
    operation(gallery, &GetDistributionPlatform::new(id()), 0);
    operation(gallery, &CreateListing::new(key(), id(), id()).extra(told("field"), told("value")), 2);
    operation(gallery, &ListListings::new(), 0);
    operation(gallery, &ListInvestments::of_product(id()), 0);
    operation(gallery, &GetInvestment::new(id()), 0);
}

fn answers(gallery: &mut Gallery) {
    show!(gallery, Identification::fixture(id()));
    show!(gallery, distributor::BenefitingPerson::fixture(id()));
    show!(gallery, RegistryStatement::fixture(id()));
    show!(gallery, Wallet::fixture(id()));
    show!(gallery, Issuer::fixture(id()));
    show!(gallery, Listing::fixture(id()));

    let status = TaskStatus::from(&*told("status"));
    assert!(status.as_str().contains(TOLD));
    show!(gallery, status);
    let mut transfer = Transfer::fixture(id());
    transfer.status = Some(status);
    show!(gallery, transfer);
    let status = ProductStatus::from(&*told("status"));
    show!(gallery, status);
    let mut product = Product::fixture(id());
    product.status = Some(status);
    show!(gallery, product);
    let mut platform = issuer::DistributionPlatform::fixture(id());
    platform.platform_company_name = Some((&*told("name")).into());
    show!(gallery, platform);

    let details: InvestmentDetails =
        serde_json::from_str(&format!(r#"{{"id":"x-1","payment_details":"{}"}}"#, told("details"))).unwrap();
    assert!(details.payment_details.as_ref().unwrap().json().contains(TOLD));
    show!(gallery, details);
    show!(gallery, details.payment_details.unwrap());
}
